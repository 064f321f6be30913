"""A stored pattern, from a cue that is like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.tasks.base import Task

if TYPE_CHECKING:
    import torch


class Recall(Task):
    """Targets are the patterns themselves, `(n, features)`."""

    name = "recall"
    independent = False

    def target(
        self, x: torch.Tensor, given: tuple[int, ...], classes: int, draw: torch.Generator
    ) -> torch.Tensor:
        """The examples are the patterns."""
        return x


TASK = Recall()
