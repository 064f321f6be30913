"""Hebb's rule: units that agree in a memory are linked the more, those that differ the less.

T_ij += rate x_i x_j for every pair of units and every memory x of signs. Hopfield (1982), Neural
networks and physical systems with emergent collective computational abilities, after
Hebb (1949), The Organization of Behavior.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.models import having


@runtime_checkable
class Linked(Protocol):
    """Units with a weight for each pair of them."""

    pairs: Tensor  # (2, pairs)
    weight: Tensor


@dataclass(frozen=True)
class Hebb(WithoutGradient):
    """For models with a `weight` for each of their `pairs` `(2, pairs)` of units.

    A single showing is enough, and a new memory may be added at any time. Showing all of them
    again multiplies every link alike, which changes nothing.
    """

    kind = "rule"
    tasks = ("recall",)
    watch = None  # it is done after one step

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Add the outer product of each memory."""
        linked = having(model, Linked)
        memories = torch.where(batch.x < 0, -1.0, 1.0)
        one, other = linked.pairs
        agreement = (memories.T @ memories)[one, other]  # whole numbers, hence exact
        linked.weight.add_(turn.learning_rate * agreement)
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of signs that come back wrong."""
        wrong = model(**batch.inputs) != batch.target
        return {"wrong signs": wrong.float().mean()}


OBJECTIVES = {"hebb": Hebb}
