"""Cross-entropy: the surprise, in nats, at the right class or the next token.

L = -log softmax(s)[t]. Bishop (2006), Pattern Recognition and Machine Learning, equation 4.108.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import judged
from nna.ports.outputs import one_of


@dataclass(frozen=True)
class CrossEntropy(Gradient):
    """For scores a class, `(b, classes)`, and scores a step, `(b, t, vocab)`.

    The target is the class, or, where classes were blended, the share of each, `(b, classes)`.
    """

    tasks = ("classification", "node-classification", "language-modelling")
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over examples and steps; the error rate beside it."""
        scores, target = batch.of(one_of(model(**batch.inputs))), batch.of(batch.target)
        return judged(scores, target, batch.class_weights)


OBJECTIVE = CrossEntropy
