"""Many small graphs, an example each."""

from __future__ import annotations

from typing import Any

import torch

from nna.ports.base import Field, Port
from nna.spec import size


class ManyGraphs(Port):
    """Each example has `nodes` `(n, features)` and `edges` `(2, m)`, numbered within it.

    A batch is one graph of unconnected parts: `nodes`, `edges` and, for each node, the number of
    its `graph`.
    """

    whole_numbers = True

    def draw(
        self, port: Any, config: Any, batch: int, noise: torch.Generator
    ) -> torch.Tensor | list[Any]:
        """Of two nodes, three, and so on."""
        width = size(port.features, config)
        return [
            {
                "nodes": torch.randn(n, width, generator=noise),
                "edges": torch.randint(n, (2, 2 * n), generator=noise),
            }
            for n in range(2, 2 + batch)
        ]

    def collate(
        self, name: str, port: Any, values: Any, target: bool = False
    ) -> dict[str, torch.Tensor]:
        """One graph of all."""
        counts = torch.tensor([len(one["nodes"]) for one in values])
        first = (counts.cumsum(0) - counts).tolist()
        return {
            "nodes": torch.cat([one["nodes"] for one in values]),
            "edges": torch.cat(
                [one["edges"] + start for one, start in zip(values, first, strict=True)], dim=1
            ),
            "graph": torch.arange(len(counts)).repeat_interleave(counts),
        }

    def blank(
        self, name: str, port: Any, config: Any, batch: int, full: bool
    ) -> dict[str, torch.Tensor]:
        """Graphs of four nodes in a ring."""
        nodes, ring = torch.zeros(4, size(port.features, config)), torch.arange(4)
        edges = torch.stack([ring, ring.roll(1)])
        return self.collate(name, port, [{"nodes": nodes, "edges": edges}] * batch)

    def sizes(self, wanted: Any, field: Field) -> dict[str, int]:
        """How many numbers a node has."""
        if not isinstance(wanted.features, str):
            return {}
        return {wanted.features: int(field.values[0]["nodes"].shape[1])}


PORT = ManyGraphs()
