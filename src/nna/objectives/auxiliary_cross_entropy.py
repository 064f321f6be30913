"""Cross-entropy at the end of a network and, more lightly, at its auxiliary heads.

L = CE(scores, t) + 0.3 (CE(auxiliary 1, t) + ...). Szegedy and others (2015), Going Deeper with
Convolutions, section 5.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import judged, surprise, with_auxiliary
from nna.learning.settings import setting


@dataclass(frozen=True)
class AuxiliaryCrossEntropy(Gradient):
    """For models that, in training, give a tuple: their scores, then those of auxiliary heads."""

    weight: float = setting(0.3, 0)  # of each auxiliary head

    tasks = ("classification",)
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples; in evaluation, of the last head alone."""
        scores, auxiliary = with_auxiliary(model(**batch.inputs))
        loss, quantities = judged(scores, batch.target, batch.class_weights)
        for other in auxiliary:
            loss = loss + self.weight * surprise(other, batch.target, batch.class_weights)
        return loss, quantities


OBJECTIVE = AuxiliaryCrossEntropy
