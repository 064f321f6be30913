"""Cross-entropy, and a price on gates that are open more often than wanted.

L = CE(scores, t) + w KL(rho || r), a mean over the gates, with rho the share of examples for which
a gate should be open and r the one for which it is. Sparse gates are what conditional computation
is for: Bengio, Léonard, Courville (2013), abstract; the penalty is that of sparse autoencoders, Ng
(2011), CS294A lecture notes, section 3.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import judged, with_auxiliary
from nna.learning.settings import setting


def excess(p: Tensor, wanted: float) -> Tensor:
    """Divergence of the gates' mean probabilities from the wanted one, a mean over the gates.

    Args:
        p: probability that a gate is open, `(b, groups)`.
        wanted: share of the examples, between 0 and 1.
    """
    r = p.mean(0).clamp(1e-6, 1 - 1e-6)
    opened = wanted * (wanted / r).log()
    return (opened + (1 - wanted) * ((1 - wanted) / (1 - r)).log()).mean()


@dataclass(frozen=True)
class GatedCrossEntropy(Gradient):
    """For models that, in training, give their scores and the probabilities of their gates."""

    open_share: float = setting(0.25, 0, 1, is_open=True)  # rho
    weight: float = setting(3.0, 0)  # w

    tasks = ("classification",)
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples; in evaluation, of the scores alone."""
        scores, gates = with_auxiliary(model(**batch.inputs))
        loss, quantities = judged(scores, batch.target, batch.class_weights)
        for p in gates:
            loss = loss + self.weight * excess(p, self.open_share)
            quantities = {**quantities, "open": p.detach().mean()}
        return loss, quantities


OBJECTIVES = {"gated_cross_entropy": GatedCrossEntropy}
