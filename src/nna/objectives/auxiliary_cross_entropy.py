"""Cross-entropy at the end of a network and, more lightly, at its auxiliary heads.

L = CE(scores, t) + 0.3 (CE(auxiliary 1, t) + ...). Szegedy and others (2015), Going Deeper with
Convolutions, section 5.
"""

from torch import Tensor, nn

from nna.objectives.base import Batch, Gradient, Quantities, error_rate
from nna.objectives.cross_entropy import surprise

WEIGHT = 0.3  # of each auxiliary head


class AuxiliaryCrossEntropy(Gradient):
    """For models that, in training, give a tuple: their scores, then those of auxiliary heads."""

    tasks = ("classification",)
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples; in evaluation, of the last head alone."""
        given, target = model(**batch.inputs), batch.target
        scores, *auxiliary = given if isinstance(given, tuple) else (given,)
        loss = surprise(scores, target, batch.class_weights)
        for other in auxiliary:
            loss = loss + WEIGHT * surprise(other, target, batch.class_weights)
        right = target.argmax(-1) if target.is_floating_point() else target
        return loss, {"error": error_rate(scores.detach(), right)}


OBJECTIVE = AuxiliaryCrossEntropy()
