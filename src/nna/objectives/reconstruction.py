"""Reconstruction: give back what came in; mean squared error over all numbers.

Bourlard, Kamp (1988), Auto-association by multilayer perceptrons, equation 2 (up to a factor).
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities


@dataclass(frozen=True)
class Reconstruction(Gradient):
    """For outputs of the shape of the input."""

    tasks = ("reconstruction",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples and numbers."""
        return functional.mse_loss(model(**batch.inputs), batch.x), {}


OBJECTIVE = Reconstruction
