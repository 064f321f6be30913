"""Cross-entropy: the surprise, in nats, at the right class or the next token.

L = -log softmax(s)[t]. Bishop (2006), Pattern Recognition and Machine Learning, equation 4.108.
"""

from torch import Tensor, nn
from torch.nn import functional

from nna.objectives.base import Batch, Gradient, Quantities, error_rate


class CrossEntropy(Gradient):
    """For scores a class, `(b, classes)`, and scores a step, `(b, t, vocab)`.

    The target is the class, or, where classes were blended, the share of each, `(b, classes)`.
    """

    tasks = ("classification", "node-classification", "language-modelling")
    likelihood = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples and steps; the error rate beside it."""
        scores, target = batch.of(model(*batch.inputs)), batch.of(batch.goal())
        if target.is_floating_point():
            loss = functional.cross_entropy(scores, target)
            return loss, {"error": error_rate(scores.detach(), target.argmax(-1))}
        loss = functional.cross_entropy(scores.flatten(0, -2), target.flatten())
        return loss, {"error": error_rate(scores.detach(), target)}


OBJECTIVE = CrossEntropy()
