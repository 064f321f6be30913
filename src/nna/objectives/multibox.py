"""Boxes and their classes: match reference boxes to the truth, then classify and place them.

L = (L_class + L_place) / matched. Liu and others (2016), SSD: Single Shot MultiBox Detector,
section 2.2, equations 1 to 3.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.blocks.boxes import offsets, overlap
from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import with_auxiliary
from nna.learning.settings import setting


def match(references: Tensor, truth: Tensor, least: float) -> tuple[Tensor, Tensor]:
    """For each reference box its class (0: nothing) and the true box it stands for.

    Every true box gets the reference that overlaps it most, whatever the overlap; further
    references that overlap it enough stand for it as well.

    Args:
        references: `(n, 4)`.
        truth: `(m, 5)`: class, then corners; class -1 where there is no box.
        least: overlap that is enough.
    """
    real = truth[truth[:, 0] >= 0]
    label = torch.zeros(len(references), dtype=torch.long, device=references.device)
    if not len(real):
        return label, references
    shared = overlap(references, real[:, 1:])
    nearest_to = shared.argmax(0)
    share, chosen = shared.max(1)
    share[nearest_to], chosen[nearest_to] = 1.0, torch.arange(len(real), device=label.device)
    matched = share >= least
    label[matched] = real[chosen[matched], 0].long() + 1
    return label, real[chosen, 1:]


@dataclass(frozen=True)
class MultiBox(Gradient):
    """For rows of a reference box, offsets from it and scores, `(b, n, 4 + 4 + 1 + classes)`.

    Scores begin with that of the background. In training a model may give a tuple of such
    outputs: those of earlier stages, with the two scores "nothing" and "something", follow.
    """

    overlap: float = setting(0.5, 0, 1)  # from which a reference box stands for a thing
    negatives: int = setting(3, 1)  # hardest empty boxes that count for each matched one

    tasks = ("detection",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Of all stages together; the two parts of the last stage beside it."""
        given = model(**batch.inputs)
        last, earlier = with_auxiliary(given)
        placed, named = self._of_stage(last, batch.target)
        loss = placed + named
        for stage in earlier:
            things = batch.target.clone()
            things[..., 0] = things[..., 0].clamp_max(0)
            loss = loss + sum(self._of_stage(stage, things))
        return loss, {"place": placed.detach(), "class": named.detach()}

    def _of_stage(self, rows: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        references, by, scores = rows[..., :4].detach(), rows[..., 4:8], rows[..., 8:]
        found = [match(r, t, self.overlap) for r, t in zip(references, truth, strict=True)]
        label = torch.stack([one for one, _ in found])
        goal = torch.stack([other for _, other in found])
        on = label > 0
        count = on.sum().clamp_min(1)
        placed = functional.smooth_l1_loss(
            by[on], offsets(goal[on], references[on]), reduction="sum"
        )
        surprise = functional.cross_entropy(scores.flatten(0, 1), label.flatten(), reduction="none")
        surprise = surprise.view_as(label)
        empty = surprise.detach().masked_fill(on, -1.0)
        rank = empty.argsort(dim=1, descending=True).argsort(dim=1)
        hard = (rank < (self.negatives * on.sum(1, keepdim=True)).clamp_min(self.negatives)) & ~on
        return placed / count, surprise[on | hard].sum() / count


OBJECTIVE = MultiBox
