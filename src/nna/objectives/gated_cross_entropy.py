"""Cross-entropy, and a price on gates that are open more often than wanted.

L = CE(scores, t) + w KL(rho || r), a mean over the gates, with rho the share of examples for which
a gate should be open and r the one for which it is. Sparse gates are what conditional computation
is for: Bengio, Léonard, Courville (2013), abstract; the penalty is that of sparse autoencoders, Ng
(2011), CS294A lecture notes, section 3.
"""

from torch import Tensor, nn

from nna.objectives.base import Batch, Gradient, Quantities, error_rate
from nna.objectives.cross_entropy import surprise

OPEN = 0.25  # rho
WEIGHT = 3.0  # w


def excess(p: Tensor, wanted: float = OPEN) -> Tensor:
    """Divergence of the gates' mean probabilities from the wanted one, a mean over the gates.

    Args:
        p: probability that a gate is open, `(b, groups)`.
        wanted: share of the examples, between 0 and 1.
    """
    r = p.mean(0).clamp(1e-6, 1 - 1e-6)
    opened = wanted * (wanted / r).log()
    return (opened + (1 - wanted) * ((1 - wanted) / (1 - r)).log()).mean()


class GatedCrossEntropy(Gradient):
    """For models that, in training, give their scores and the probabilities of their gates."""

    tasks = ("classification",)
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples; in evaluation, of the scores alone."""
        given, target = model(**batch.inputs), batch.target
        scores, *gates = given if isinstance(given, tuple) else (given,)
        loss = surprise(scores, target, batch.class_weights)
        right = target.argmax(-1) if target.is_floating_point() else target
        quantities = {"error": error_rate(scores.detach(), right)}
        for p in gates:
            loss = loss + WEIGHT * excess(p)
            quantities["open"] = p.detach().mean()
        return loss, quantities


OBJECTIVE = GatedCrossEntropy()
