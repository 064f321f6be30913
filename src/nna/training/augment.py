"""Named random changes to training pictures, by kornia; masks and boxes move with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from nna import tasks
from nna.errors import UserError
from nna.learning.base import Batch

Change = Callable[[Batch, int], Batch]  # (batch, number of classes) -> batch


def _affine(batch: Batch, classes: int) -> Batch:
    """Turn by up to 10 degrees, scale by up to 10 %, move by up to 8 % of the side."""
    from kornia.augmentation import RandomAffine

    move = RandomAffine(10.0, (0.08, 0.08), (0.9, 1.1), padding_mode="BORDER", p=1.0)
    return _moved(batch, move)


def _flip(batch: Batch, classes: int) -> Batch:
    """Mirror half of the pictures left to right."""
    from kornia.augmentation import RandomHorizontalFlip

    return _moved(batch, RandomHorizontalFlip(p=0.5))


def _crop(batch: Batch, classes: int) -> Batch:
    """Widen each side by an eighth of its length, then cut the old size out anywhere."""
    from kornia.augmentation import RandomCrop

    height, width = batch.x.shape[-2:]
    padding = (max(1, height // 8), max(1, width // 8))
    # a border of the edge's pixels; kornia takes no such mode for masks, nor is one wanted there
    return _moved(batch, RandomCrop((height, width), padding, padding_mode="replicate"))


def _colour(batch: Batch, classes: int) -> Batch:
    """Brightness and contrast by up to 20 %; in colour also saturation, and hue by 5 %."""
    from kornia.augmentation import ColorJiggle, ImageSequential, RandomBrightness, RandomContrast

    if batch.x.shape[1] == 3:
        return _shaded(batch, ColorJiggle(0.2, 0.2, 0.2, 0.05, p=1.0))
    grey = RandomBrightness((0.8, 1.2), p=1.0), RandomContrast((0.8, 1.2), p=1.0)
    return _shaded(batch, ImageSequential(*grey))


def _randaugment(batch: Batch, classes: int) -> Batch:
    """Two changes of a fixed list at medium strength; Cubuk and others 2019, arXiv:1909.13719."""
    from kornia.augmentation.auto import RandAugment

    return _shaded(batch, RandAugment(n=2, m=9))


def _mixup(batch: Batch, classes: int) -> Batch:
    """Blend pairs of pictures and their labels; Zhang and others 2018, arXiv:1710.09412."""
    from kornia.augmentation import RandomMixUpV2

    return _mixed(batch, RandomMixUpV2(data_keys=["input", "class"]), classes, second=True)


def _cutmix(batch: Batch, classes: int) -> Batch:
    """Paste a part of another picture, labels by area; Yun and others 2019, arXiv:1905.04899."""
    from kornia.augmentation import RandomCutMixV2

    cut = RandomCutMixV2(data_keys=["input", "class"], use_correct_lambda=True)
    return _mixed(batch, cut, classes, second=False)


CHANGES: dict[str, Change] = {
    "affine": _affine,
    "flip": _flip,
    "crop": _crop,
    "colour": _colour,
    "randaugment": _randaugment,
    "mixup": _mixup,
    "cutmix": _cutmix,
}
MOVING = ("affine", "flip", "crop", "colour")  # all that masks and boxes can follow


def check(names: tuple[str, ...], kind: str, task: str = "classification") -> None:
    """Augmentations must be known, and fit the examples and the task.

    Raises:
        UserError: they don't.
    """
    for name in names:
        if name not in CHANGES:
            raise UserError(f"no augmentation {name!r}; there are: {', '.join(CHANGES)}")
        if kind != "image":
            raise UserError(f"the augmentation {name!r} is for pictures, not for {kind}")
        moves = tasks.get(task).moves
        if moves and name not in MOVING:
            raise UserError(f"{moves} can't follow {name!r}; they can: {', '.join(MOVING)}")
        if name in ("mixup", "cutmix") and not tasks.get(task).blends:
            raise UserError(f"the augmentation {name!r} blends classes; the task is {task}")


def augment(batch: Batch, names: tuple[str, ...], classes: int = 0) -> Batch:
    """Apply the named changes, each drawn anew for every picture.

    Args:
        batch: pictures `(b, c, h, w)`; masks `(b, h, w)` of whole numbers as target move along, and
            so do boxes `(b, n, 5)`: class, left, top, right, bottom in pixels, class -1 for none.
        names: keys of `CHANGES`.
        classes: how many there are, for changes that blend labels into shares `(b, classes)`.
    """
    for name in names:
        batch = CHANGES[name](batch, classes)
    return batch


def _with(batch: Batch, pictures: Tensor, target: Tensor | None) -> Batch:
    inputs = {**batch.inputs, next(iter(batch.inputs)): pictures}
    targets = batch.targets if target is None else dict.fromkeys(batch.targets, target)
    return replace(batch, inputs=inputs, targets=targets)


def _target(batch: Batch) -> Tensor | None:
    return batch.target if batch.targets else None


def _moved(batch: Batch, change: Any) -> Batch:
    """A change of place, the same for a picture and its mask or boxes."""
    x, target = batch.x, _target(batch)
    if target is None or target.ndim < 3:  # masks have two sides of their own, boxes five columns
        return _with(batch, change(x), target)
    from kornia.augmentation import AugmentationSequential

    if target.is_floating_point():
        both = AugmentationSequential(change, data_keys=["input", "bbox_xyxy"])
        # kornia counts from the middle of the first pixel, boxes from its edge
        pictures, corners = both(x, target[..., 1:] - 0.5)  # type: ignore[misc]
        return _with(batch, pictures, _in_sight(target[..., :1], corners + 0.5, x.shape[2:]))
    both = AugmentationSequential(change, data_keys=["input", "mask"])
    pictures, masks = both(x, target[:, None].to(x))  # type: ignore[misc]
    return _with(batch, pictures, masks[:, 0].round().to(target))


def _in_sight(classes: Tensor, corners: Tensor, sides: tuple[int, ...]) -> Tensor:
    """Boxes cut off at the rim; a thing whose middle has left the picture has none (-1).

    Liu and others (2016), SSD: Single Shot MultiBox Detector, section 2.2 (data augmentation).
    """
    limits = corners.new_tensor([sides[1], sides[0]])
    low, high = corners[..., :2], corners[..., 2:]
    middle = (low + high) / 2
    here = ((middle > 0) & (middle < limits)).all(-1, keepdim=True) & (classes >= 0)
    cut = [classes, low.clamp_min(0), high.minimum(limits)]
    return torch.where(here, torch.cat(cut, dim=-1), -1.0)


def _shaded(batch: Batch, change: Any) -> Batch:
    """A change that is defined for pixels from 0 to 1, to which the batch is brought and back."""
    x = batch.x
    least, span = x.min(), (x.max() - x.min()).clamp_min(1e-6)
    return _with(batch, change((x - least) / span) * span + least, None)


def _mixed(batch: Batch, change: Any, classes: int, second: bool) -> Batch:
    """A blend of pairs: each target becomes the shares of all classes.

    Kornia gives both labels and the share of the `second`, or else of the first.
    """
    target = batch.target
    if target.is_floating_point():
        raise UserError("only one of mixup and cutmix can blend the labels")
    pictures, blend = change(batch.x, target)
    *labels, share = blend.reshape(-1, 3).to(pictures).unbind(-1)
    one, other = (functional.one_hot(label.long(), classes).to(pictures) for label in labels)
    share = share[:, None] if second else 1 - share[:, None]
    return _with(batch, pictures, torch.lerp(one, other, share))
