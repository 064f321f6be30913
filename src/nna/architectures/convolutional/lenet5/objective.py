"""LeNet-5's discriminative criterion: near the right class, and far from all others.

E = y_t + log(e^-j + sum_i e^-y_i), where y_i >= 0 is the penalty of class i and j > 0 that of a
"rubbish" class; it keeps penalties that are already large from being pushed further.
LeCun, Bottou, Bengio, Haffner (1998), equation 9.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import error_rate
from nna.learning.settings import setting


@dataclass(frozen=True)
class MapCriterion(Gradient):
    """For scores that are negated penalties."""

    # the penalty j; the paper asks for a positive constant and prints none
    rubbish: float = setting(100.0, 0, is_open=True)

    tasks = ("classification",)
    likelihood = True  # the class beside the real ones, of a fixed score, takes next to nothing

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """A softmax cross-entropy with one more class, of fixed score -j."""
        scores, target = model(**batch.inputs), batch.target
        rubbish = torch.full_like(scores[:, :1], -self.rubbish)
        loss = functional.cross_entropy(torch.cat([scores, rubbish], 1), target)
        return loss, {"error": error_rate(scores.detach(), target)}


OBJECTIVES = {"map_criterion": MapCriterion}
