"""How probable an example is, of values that are 0 or 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.tasks.base import Unsupervised

if TYPE_CHECKING:
    import torch


class Density(Unsupervised):
    """Answers are logarithms of probabilities, `(n, 1)`."""

    name = "density"
    binary = True

    def example(
        self, x: torch.Tensor, given: tuple[int, ...], draw: torch.Generator
    ) -> torch.Tensor:
        """Zeros and ones."""
        return (x > 0).to(x)


TASK = Density()
