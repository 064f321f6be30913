"""Contrastive loss: pairs of one class draw together, pairs of two part up to a margin.

L = 1/2 d^2 for a pair of one class, 1/2 max(0, m - d)^2 for a pair of two, with d their Euclidean
distance. Hadsell, Chopra, LeCun (2006), equation 4.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.settings import setting


@dataclass(frozen=True)
class Contrastive(Gradient):
    """For models that give a point an example; the pairs are all those of a batch."""

    # m, free in the paper: on the unit sphere, points at right angles
    margin: float = setting(2**0.5, 0, is_open=True)

    tasks = ("verification",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over pairs, those of one class counting as much in all as those of two.

        In a batch of many classes nearly all pairs are of two; unweighted, they alone would speak.
        """
        points, label = model(**batch.inputs), batch.target
        one, other = torch.triu_indices(len(label), len(label), 1, device=label.device)
        distance = functional.pairwise_distance(points[one], points[other])
        same = label[one] == label[other]
        near = _mean(distance.square() / 2, same)
        far = _mean((self.margin - distance).clamp(min=0).square() / 2, ~same)
        return (near + far) / 2, {"same": near.detach(), "different": far.detach()}


def _mean(terms: Tensor, where: Tensor) -> Tensor:
    """The mean of the terms that are meant; zero where there is none."""
    return (terms * where).sum() / where.sum().clamp(min=1)


OBJECTIVE = Contrastive
