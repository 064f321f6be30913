"""Named random changes to training pictures, by torch's own sampling."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from nna.errors import UserError


def _affine(x: Tensor) -> Tensor:
    """Turn by up to 10 degrees, scale by up to 10 %, move by up to 8 % of the side."""
    n = len(x)
    angle = (torch.rand(n) * 2 - 1) * math.radians(10)
    scale = 1 + (torch.rand(n) * 2 - 1) * 0.1
    move = (torch.rand(n, 2) * 2 - 1) * 0.16  # grid coordinates run from -1 to 1
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    matrix = torch.stack(
        [torch.stack([cos, -sin, move[:, 0]], 1), torch.stack([sin, cos, move[:, 1]], 1)], 1
    )
    grid = functional.affine_grid(matrix.to(x), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, padding_mode="border", align_corners=False)


def _flip(x: Tensor) -> Tensor:
    """Mirror half of the pictures left to right."""
    mirrored = torch.rand(len(x), device=x.device) < 0.5
    return torch.where(mirrored[:, None, None, None], x.flip(-1), x)


CHANGES = {"affine": _affine, "flip": _flip}


def check(names: tuple[str, ...], kind: str) -> None:
    """Augmentations must be known, and the examples pictures.

    Raises:
        UserError: they aren't.
    """
    for name in names:
        if name not in CHANGES:
            raise UserError(f"no augmentation {name!r}; there are: {', '.join(CHANGES)}")
        if kind != "image":
            raise UserError(f"the augmentation {name!r} is for pictures, not for {kind}")


def augment(x: Tensor, names: tuple[str, ...]) -> Tensor:
    """Apply the named changes, each drawn anew for every picture `(b, c, h, w)`."""
    for name in names:
        x = CHANGES[name](x)
    return x
