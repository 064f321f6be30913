"""Squared error: half the mean squared distance; for classes, to the one-hot target.

L = (y - t)^2 / 2, as in Rumelhart, Hinton, Williams (1986), equation 3.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import numbers


@dataclass(frozen=True)
class SquaredError(Gradient):
    """For regression, and for classes by their one-hot codes."""

    tasks = ("regression", "classification")
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples, sum over outputs."""
        outputs = batch.of(model(**batch.inputs))
        target = numbers(batch.of(batch.target), outputs)
        errors = torch.square(outputs - target).sum(-1)
        if batch.class_weights is not None:
            errors = errors * (target @ batch.class_weights.to(target.dtype))
        return 0.5 * errors.mean(), {}


OBJECTIVE = SquaredError
