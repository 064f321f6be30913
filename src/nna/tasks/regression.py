"""A number for each example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.tasks.base import Task

if TYPE_CHECKING:
    import torch


class Regression(Task):
    """Targets are numbers, `(n,)`."""

    name = "regression"
    in_column = True
    numeric = True
    portable = comparable = scored = True
    learnt_by = ("squared_error",)

    def target(
        self, x: torch.Tensor, given: tuple[int, ...], classes: int, draw: torch.Generator
    ) -> torch.Tensor:
        """Numbers of the normal law."""
        import torch

        return torch.randn(given, generator=draw)


TASK = Regression()
