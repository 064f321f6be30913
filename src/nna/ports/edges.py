"""The edges of one graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nna.ports.base import Port

if TYPE_CHECKING:
    import torch


class GraphEdges(Port):
    """Edges `(2, edges)`, from row 0 to row 1; they belong to all nodes together."""

    axes = ("ends", "edges")
    separate = False
    whole_numbers = integers = whole = True

    def draw(
        self, port: Any, config: Any, batch: int, noise: torch.Generator
    ) -> torch.Tensor | list[Any]:
        """Between any two nodes."""
        import torch

        return torch.randint(batch, port.shape(batch, config), generator=noise)

    def alone(self, values: Any) -> Any:
        """None: a node alone has no edges."""
        return values[:, :0]


PORT = GraphEdges()
