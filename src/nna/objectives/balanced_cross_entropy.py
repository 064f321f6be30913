"""Cross-entropy, and a price on asking some experts more than others.

L = CE(scores, t) + w CV(importance)^2 + w CV(load)^2 with w = 0.1 and CV the coefficient of
variation over the experts. Shazeer and others (2017), Outrageously Large Neural Networks, section 4
and appendix A; w as in appendix C.
"""

from torch import Tensor, nn

from nna.objectives.base import Batch, Gradient, Quantities, error_rate
from nna.objectives.cross_entropy import surprise

WEIGHT = 0.1  # of either statistic


def unevenness(shares: Tensor) -> Tensor:
    """The squared coefficient of variation: variance over squared mean; 0 where all are equal."""
    return shares.var(correction=0) / shares.mean().square()


class BalancedCrossEntropy(Gradient):
    """For models that, in training, give a tuple: scores, then statistics to be kept even.

    Each statistic has a number an expert, `(experts,)`, of the whole batch.
    """

    tasks = ("classification",)
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples; in evaluation, without the statistics."""
        given, target = model(**batch.inputs), batch.target
        scores, *statistics = given if isinstance(given, tuple) else (given,)
        loss = surprise(scores, target, batch.class_weights)
        right = target.argmax(-1) if target.is_floating_point() else target
        quantities = {"error": error_rate(scores.detach(), right)}
        if statistics:
            uneven = sum(map(unevenness, statistics), start=loss.new_zeros(()))
            loss = loss + WEIGHT * uneven
            quantities["unevenness"] = uneven.detach()
        return loss, quantities


OBJECTIVE = BalancedCrossEntropy()
