"""Triplet loss: whatever shares an anchor's class lies nearer to it than all else, by a margin.

L = max(0, |a - p|^2 - |a - n|^2 + margin) for an anchor a, a positive p of its class and a negative
n of another; for each pair of one class, the negative is the nearest of those that lie further
away than the positive ("semi-hard"). Schroff, Kalenichenko, Philbin (2015), equations 2 and 4.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.settings import setting


@dataclass(frozen=True)
class Triplet(Gradient):
    """For models that give a point an example; the triplets are formed within a batch."""

    margin: float = setting(0.2, 0)  # section 3.1, of squared distances on the unit sphere

    tasks = ("verification",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over the triplets; the share of them that still violates the margin beside it."""
        points, label = model(**batch.inputs), batch.target
        squared = (points[:, None] - points[None]).square().sum(2)
        anchor, positive, negative = semi_hard(squared.detach(), label)
        short = squared[anchor, positive] - squared[anchor, negative] + self.margin
        some = max(len(short), 1)  # a batch without a triplet teaches nothing, and breaks nothing
        return short.clamp(min=0).sum() / some, {"violations": (short > 0).float().sum() / some}


def semi_hard(squared: Tensor, label: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Anchors, positives, negatives: the nearest negative beyond the positive, for every pair.

    Where none lies beyond the positive, the furthest negative stands in: the least hard.

    Args:
        squared: distances `(b, b)`.
        label: classes `(b,)`.
    """
    same = label[:, None] == label[None]
    paired = same & ~torch.eye(len(label), dtype=torch.bool, device=label.device)
    anchor, positive = (paired & (~same).any(1, keepdim=True)).nonzero(as_tuple=True)
    far, mine = squared[anchor], squared[anchor, positive]
    beyond = ~same[anchor] & (far > mine[:, None])
    nearest = far.masked_fill(~beyond, torch.inf).argmin(1)
    furthest = far.masked_fill(same[anchor], -torch.inf).argmax(1)
    return anchor, positive, torch.where(beyond.any(1), nearest, furthest)


OBJECTIVE = Triplet
