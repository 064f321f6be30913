"""Many small graphs, an example each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nna.errors import UserError
from nna.ports.base import Field, Port
from nna.ports.parsing import numbers
from nna.spec import size

if TYPE_CHECKING:
    import torch


class ManyGraphs(Port):
    """Each example has `nodes` `(n, features)` and `edges` `(2, m)`, numbered within it.

    A batch is one graph of unconnected parts: `nodes` and `edges` of all, and `sizes`, how many of
    the nodes belong to each.
    """

    whole_numbers = True
    numbers = ("features",)
    separate = False

    def draw(
        self, port: Any, config: Any, batch: int, noise: torch.Generator
    ) -> torch.Tensor | list[Any]:
        """Of two nodes, three, and so on."""
        import torch

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
        import torch

        counts = [len(one["nodes"]) for one in values]
        first = [sum(counts[:i]) for i in range(len(counts))]
        return {
            "nodes": torch.cat([one["nodes"] for one in values]),
            "edges": torch.cat(
                [one["edges"] + start for one, start in zip(values, first, strict=True)], dim=1
            ),
            "sizes": torch.tensor(counts, device=values[0]["edges"].device),
        }

    def value(self, value: Any) -> Any:
        """An object of `nodes`, a list of numbers each, and `edges`: where from, where to."""
        if not isinstance(value, Mapping) or not {"nodes", "edges"} <= value.keys():
            raise UserError('a graph is an object {"nodes": [...], "edges": [[from], [to]]}')
        nodes = _said("nodes", value["nodes"], ("nodes", "features"))
        none = value["edges"]
        if not none.size if isinstance(none, np.ndarray) else none in ([], [[], []]):
            return {"nodes": nodes, "edges": np.zeros((2, 0), np.int64)}
        edges = _said("edges", value["edges"], ("ends", "edges"), whole=True)
        if len(edges) != 2 or edges.max() >= len(nodes):
            ends = f"two lists of node numbers below {len(nodes)}, where from and where to"
            raise UserError(f"edges are {ends}")
        return {"nodes": nodes, "edges": edges}

    def alike(self, port: Any, value: Any) -> Any:
        """How many numbers a node has."""
        return value["nodes"].shape[1:]

    def field(self, port: Any, values: Sequence[Any]) -> Field:
        """Graphs, an example each."""
        return Field(replace(port, features=values[0]["nodes"].shape[1]), [*values])

    def blank(
        self, name: str, port: Any, config: Any, shape: tuple[int, ...]
    ) -> dict[str, torch.Tensor]:
        """Graphs of four nodes in a ring."""
        import torch

        nodes, ring = torch.zeros(4, size(port.features, config)), torch.arange(4)
        edges = torch.stack([ring, ring.roll(1)])
        return self.collate(name, port, [{"nodes": nodes, "edges": edges}] * shape[0])

    def flat(self, field: Field) -> np.ndarray:
        """The mean of the nodes, and how many there are of nodes and edges."""
        rows = [
            [*one["nodes"].mean(0), len(one["nodes"]), one["edges"].shape[1]]
            for one in field.values
        ]
        return np.array(rows, dtype=np.float64)

    def sizes(self, wanted: Any, field: Field) -> dict[str, int]:
        """How many numbers a node has."""
        if not isinstance(wanted.features, str):
            return {}
        return {wanted.features: int(field.values[0]["nodes"].shape[1])}


def _said(name: str, value: Any, axes: tuple[str, ...], whole: bool = False) -> np.ndarray:
    try:
        return numbers(value, axes, whole)
    except UserError as error:
        raise UserError(f"{name}: {error}") from error


PORT = ManyGraphs()
