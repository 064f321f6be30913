"""Boxes around things: overlap, offsets from a reference box, and the best of many.

A box is left, top, right, bottom. Girshick (2014), Rich Feature Hierarchies, appendix C (offsets);
Liu (2016), SSD, section 2.2 (their scaling).
"""

import torch
from jaxtyping import Float
from torch import Tensor

SPREADS = (0.1, 0.1, 0.2, 0.2)  # offsets are divided by these, so that they spread about one


def overlap(
    one: Float[Tensor, "*b n 4"], other: Float[Tensor, "*b m 4"]
) -> Float[Tensor, "*b n m"]:
    """Intersection over union of every box of one set with every box of the other."""
    low = torch.maximum(one[..., :, None, :2], other[..., None, :, :2])
    high = torch.minimum(one[..., :, None, 2:], other[..., None, :, 2:])
    both = (high - low).clamp_min(0).prod(-1)
    area_one, area_other = (((b[..., 2:] - b[..., :2]).prod(-1)) for b in (one, other))
    return both / (area_one[..., :, None] + area_other[..., None, :] - both).clamp_min(1e-9)


def offsets(
    boxes: Float[Tensor, "*b n 4"], references: Float[Tensor, "*b n 4"]
) -> Float[Tensor, "*b n 4"]:
    """How boxes differ from references: centres by their size, sizes by logarithm."""
    size, size_ref = boxes[..., 2:] - boxes[..., :2], references[..., 2:] - references[..., :2]
    centre, centre_ref = (
        (boxes[..., 2:] + boxes[..., :2]) / 2,
        (references[..., 2:] + references[..., :2]) / 2,
    )
    moved = (centre - centre_ref) / size_ref
    grown = torch.log(size / size_ref)
    return torch.cat([moved, grown], dim=-1) / boxes.new_tensor(SPREADS)


def shifted(
    references: Float[Tensor, "*b n 4"], by: Float[Tensor, "*b n 4"]
) -> Float[Tensor, "*b n 4"]:
    """The boxes that lie at given offsets from references: the inverse of `offsets`."""
    by = by * by.new_tensor(SPREADS)
    size_ref = references[..., 2:] - references[..., :2]
    centre = (references[..., 2:] + references[..., :2]) / 2 + by[..., :2] * size_ref
    half = size_ref * torch.exp(by[..., 2:].clamp_max(4.0)) / 2
    return torch.cat([centre - half, centre + half], dim=-1)


def best(
    boxes: Float[Tensor, "n 4"], scores: Float[Tensor, " n"], count: int, most: float = 0.45
) -> tuple[Float[Tensor, "k 4"], Float[Tensor, " k"], Tensor]:
    """Non-maximum suppression: the highest score, without its near copies; then the next.

    Args:
        boxes: candidates.
        scores: theirs.
        count: how many to keep at the most.
        most: overlap from which a box is a copy of a better one.

    Returns:
        Boxes, scores, and the places of both among the candidates.
    """
    order = scores.argsort(descending=True)
    copies = overlap(boxes[order], boxes[order]) > most
    kept: list[int] = []
    gone = torch.zeros(len(order), dtype=torch.bool, device=boxes.device)
    for i in range(len(order)):
        if not gone[i]:
            kept.append(i)
            gone |= copies[i]
        if len(kept) == count:
            break
    places = order[torch.tensor(kept, dtype=torch.long, device=boxes.device)]
    return boxes[places], scores[places], places
