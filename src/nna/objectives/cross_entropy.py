"""Cross-entropy: the surprise, in nats, at the right class or the next token.

L = -log softmax(s)[t]. Bishop (2006), Pattern Recognition and Machine Learning, equation 4.108.
"""

from torch import Tensor, nn
from torch.nn import functional

from nna.objectives.base import Batch, Gradient, Quantities, error_rate


def surprise(scores: Tensor, target: Tensor, class_weights: Tensor | None = None) -> Tensor:
    """Mean surprise over all targets, each times the weight of its class.

    The mean is over the number of targets, not over the sum of their weights as in PyTorch's: so it
    depends neither on the size of a batch nor on which classes meet in it.

    Args:
        scores: `(b, classes)`, or `(b, classes, ...)`.
        target: class numbers `(b,)` or `(b, ...)`, or shares in the shape of the scores.
        class_weights: `(classes,)`; None: all are 1.
    """
    if class_weights is None:
        return functional.cross_entropy(scores, target)
    weights = class_weights.to(scores.dtype)
    total = functional.cross_entropy(scores, target, weight=weights, reduction="sum")
    return total * scores.shape[1] / scores.numel()


class CrossEntropy(Gradient):
    """For scores a class, `(b, classes)`, and scores a step, `(b, t, vocab)`.

    The target is the class, or, where classes were blended, the share of each, `(b, classes)`.
    """

    tasks = ("classification", "node-classification", "language-modelling")
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples and steps; the error rate beside it."""
        scores, target = batch.of(model(**batch.inputs)), batch.of(batch.target)
        if target.is_floating_point():
            loss = surprise(scores, target, batch.class_weights)
            return loss, {"error": error_rate(scores.detach(), target.argmax(-1))}
        loss = surprise(scores.flatten(0, -2), target.flatten(), batch.class_weights)
        return loss, {"error": error_rate(scores.detach(), target)}


OBJECTIVE = CrossEntropy()
