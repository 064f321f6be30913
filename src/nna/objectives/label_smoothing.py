"""Cross-entropy against targets that are a little unsure: label smoothing.

L = -sum_k q_k log softmax(s)_k with q_k = (1 - e) [k = t] + e / K over K tokens. Szegedy,
Vanhoucke, Ioffe, Shlens, Wojna (2016), Rethinking the Inception Architecture for Computer Vision,
section 7; for translation Vaswani (2017), Attention Is All You Need, section 5.4.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import error_rate
from nna.learning.settings import setting


@dataclass(frozen=True)
class LabelSmoothing(Gradient):
    """For scores at each step of a sequence, `(b, t, vocab)`, taught with the right beginning.

    The best softmax is 1 - smoothing + smoothing / K sure. `surprise` is that at the targets
    themselves, in nats, so that figures compare between settings. The softmax of what is learnt so
    is no probability: it is drawn towards the middle.
    """

    tasks = ("language-modelling",)

    smoothing: float = setting(0.1, least=0.0, most=1.0)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over all steps that are no padding; the error rate and the plain surprise beside."""
        scores, target = model(**batch.inputs), batch.target
        rows, goals = scores.flatten(0, 1), target.flatten()
        loss = functional.cross_entropy(rows, goals, label_smoothing=self.smoothing)
        surprise = functional.cross_entropy(rows.detach(), goals)
        return loss, {"error": error_rate(scores.detach(), target), "surprise": surprise}


OBJECTIVE = LabelSmoothing
