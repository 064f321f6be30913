"""Cross-entropy at every pixel, a mean over all pixels that have a class.

Long, Shelhamer, Darrell (2015), Fully Convolutional Networks for Semantic Segmentation, section 3.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities

IGNORED = -1  # the class of a pixel that nobody labelled


def middle(target: Tensor, like: Tensor) -> Tensor:
    """The part of masks `(b, h, w)` that scores `(b, k, h2, w2)` speak of: the middle."""
    top, left = ((t - s) // 2 for t, s in zip(target.shape[1:], like.shape[2:], strict=True))
    return target[:, top : top + like.shape[2], left : left + like.shape[3]]


@dataclass(frozen=True)
class PixelCrossEntropy(Gradient):
    """For scores at every pixel, `(b, classes, h, w)`; unpadded networks score the middle only."""

    tasks = ("segmentation",)
    likelihood = True
    weighs_classes = True

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over pixels; the share of wrong pixels beside it."""
        scores = model(**batch.inputs)
        target = middle(batch.target, scores)
        known = target != IGNORED
        wrong = (scores.detach().argmax(1) != target) & known
        weights = None if batch.class_weights is None else batch.class_weights.to(scores.dtype)
        surprise = functional.cross_entropy(
            scores, target, weights, ignore_index=IGNORED, reduction="sum"
        )
        count = known.sum().clamp_min(1)  # of a batch without a labelled pixel nothing is learnt
        return surprise / count, {"pixel error": wrong.sum() / count}


OBJECTIVE = PixelCrossEntropy
