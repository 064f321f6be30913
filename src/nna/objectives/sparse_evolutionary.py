"""Cross-entropy by its gradient, and a rewiring between epochs.

At the start of every epoch but the first, the connections nearest to zero are removed and as many
drawn anew. Mocanu and others (2018), Scalable Training of Artificial Neural Networks with Adaptive
Sparse Connectivity Inspired by Network Science: the share is zeta.
"""

from torch import nn

from nna.objectives.base import Batch, Players, Quantities, Turn
from nna.objectives.cross_entropy import CrossEntropy

SHARE = 0.3  # zeta, as in the authors' code


class SparseEvolutionary(CrossEntropy):
    """For models that `rewire(share)` themselves."""

    tasks = ("classification",)

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Rewire where an epoch begins; descend the loss once."""
        if turn.starts_epoch and turn.progress > 0:
            model.rewire(SHARE)  # type: ignore[operator]
        return super().step(model, players, batch, turn)


OBJECTIVE = SparseEvolutionary()
