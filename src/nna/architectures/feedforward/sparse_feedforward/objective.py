"""Cross-entropy by its gradient, and a rewiring between epochs.

At the start of every epoch but the first, the connections nearest to zero are removed and as many
drawn anew. Mocanu and others (2018), Scalable Training of Artificial Neural Networks with Adaptive
Sparse Connectivity Inspired by Network Science: the share is zeta.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Players, Quantities, Turn
from nna.learning.losses import judged
from nna.learning.models import having
from nna.learning.settings import setting


@runtime_checkable
class Rewiring(Protocol):
    """Sparse layers that can be connected otherwise."""

    def rewire(self, share: float) -> None:
        """Replace this share of the connections."""
        ...


@dataclass(frozen=True)
class SparseEvolutionary(Gradient):
    """For models that `rewire(share)` themselves."""

    prune_share: float = setting(0.3, 0, 1)  # zeta, as in the authors' code

    tasks = ("classification",)
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples; the error rate beside it."""
        return judged(model(**batch.inputs), batch.target, batch.class_weights)

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Rewire where an epoch begins; descend the loss once."""
        if turn.starts_epoch and turn.progress > 0:
            having(model, Rewiring).rewire(self.prune_share)
        return super().step(model, players, batch, turn)


OBJECTIVES = {"sparse_evolutionary": SparseEvolutionary}
