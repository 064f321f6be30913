"""Cross-entropy, and a price on asking some experts more than others.

L = CE(scores, t) + w CV(importance)^2 + w CV(load)^2 with w = 0.1 and CV the coefficient of
variation over the experts. Shazeer and others (2017), Outrageously Large Neural Networks, section 4
and appendix A; w as in appendix C.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import judged, with_auxiliary
from nna.learning.settings import setting


def unevenness(shares: Tensor) -> Tensor:
    """The squared coefficient of variation: variance over squared mean; 0 where all are equal."""
    return shares.var(correction=0) / shares.mean().square()


@dataclass(frozen=True)
class BalancedCrossEntropy(Gradient):
    """For models that, in training, give a tuple: scores, then statistics to be kept even.

    Each statistic has a number an expert, `(experts,)`, of the whole batch.
    """

    weight: float = setting(0.1, 0)  # w, of either statistic

    tasks = ("classification",)
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples; in evaluation, without the statistics."""
        scores, statistics = with_auxiliary(model(**batch.inputs))
        loss, quantities = judged(scores, batch.target, batch.class_weights)
        if not statistics:
            return loss, quantities
        uneven = sum(map(unevenness, statistics), start=loss.new_zeros(()))
        return loss + self.weight * uneven, {**quantities, "unevenness": uneven.detach()}


OBJECTIVES = {"balanced_cross_entropy": BalancedCrossEntropy}
