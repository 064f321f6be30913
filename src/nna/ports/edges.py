"""The edges of one graph."""

from __future__ import annotations

from typing import Any

import torch

from nna.ports.base import Port


class GraphEdges(Port):
    """Edges `(2, edges)`, from row 0 to row 1; they belong to all nodes together."""

    axes = ("ends", "edges")
    separate = False
    whole_numbers = integers = whole = True

    def draw(
        self, port: Any, config: Any, batch: int, noise: torch.Generator
    ) -> torch.Tensor | list[Any]:
        """Between any two nodes."""
        return torch.randint(batch, port.shape(batch, config), generator=noise)

    def alone(self, values: Any) -> Any:
        """None: a node alone has no edges."""
        return values[:, :0]


PORT = GraphEdges()
