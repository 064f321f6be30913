"""Storage: the examples themselves become the memories, one a place.

Ramsauer et al. (2020), Hopfield Networks is All You Need, arXiv:2008.02217: the patterns of the
memory are the columns of the matrix X in the update rule; nothing is computed from them.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.models import having


@runtime_checkable
class Storing(Protocol):
    """Places for memories."""

    memories: Tensor  # (places, features)


@dataclass(frozen=True)
class Store(WithoutGradient):
    """For models with `memories` `(places, features)`."""

    kind = "closed form"
    tasks = ("recall",)
    watch = None

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Copy the examples into the places.

        Raises:
            UserError: there are more places than examples, or fewer: an empty place would answer
                like a memory of nothing.
        """
        memories, patterns = having(model, Storing).memories, batch.x
        if len(patterns) != len(memories):
            raise UserError(
                f"{len(patterns):,} patterns are to be stored, and there are {len(memories):,} "
                f"places: --set memory={len(patterns)}"
            )
        memories.copy_(patterns)
        return {"stored": torch.tensor(float(len(memories)))}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Mean squared difference of what comes back from what should."""
        return {"error": (model(**batch.inputs) - batch.target).square().mean()}


OBJECTIVES = {"store": Store}
