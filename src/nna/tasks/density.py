"""How probable an example is, of values that are 0 or 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nna.tasks.base import Unsupervised

if TYPE_CHECKING:
    import torch


class Density(Unsupervised):
    """Answers are logarithms of probabilities, `(n, 1)`."""

    name = "density"
    strange = True
    binary = True

    def example(
        self, x: torch.Tensor, given: tuple[int, ...], draw: torch.Generator
    ) -> torch.Tensor:
        """Zeros and ones."""
        return (x > 0).to(x)

    def usualness(self, outputs: np.ndarray, x: np.ndarray) -> np.ndarray:
        """The logarithm of the probability, up to a constant."""
        return outputs[:, 0]


TASK = Density()
