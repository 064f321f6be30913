"""Whether two examples are of one class, also of a class that training never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.tasks.base import Task

if TYPE_CHECKING:
    import torch


class Verification(Task):
    """Targets are class numbers, `(n,)`; answers are points whose distances tell."""

    name = "verification"
    whole_classes = True

    def target(
        self, x: torch.Tensor, given: tuple[int, ...], classes: int, draw: torch.Generator
    ) -> torch.Tensor:
        """A class for each example."""
        import torch

        return torch.randint(classes, (len(x),), generator=draw)


TASK = Verification()
