"""Photographs for a model with public weights, by the reference that built it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from nna import registry
from nna.data.images import photographs
from nna.errors import UserError


def prepare(reference: str, *pictures: str | Path) -> Tensor:
    """What a pretrained model takes: `model(nna.prepare("resnet/50@imagenet1k", "cat.jpg"))`.

    Args:
        reference: "architecture/variant@weights".
        pictures: files, of any sizes.

    Returns:
        Pictures `(b, 3, side, side)`, resized, cut and scaled as the weights were trained.

    Raises:
        UserError: no weights in the reference, weights that aren't for pictures, or a file that is
            none.

    Example:
        >>> picture = PIL.Image.new("RGB", (300, 200))
        >>> picture.save("photograph.png")
        >>> nna.prepare("mobilenet_v2/1.0@imagenet1k", "photograph.png").shape
        torch.Size([1, 3, 224, 224])
    """
    name, variant, weights = registry.split(reference)
    if weights is None:
        raise UserError(f"{reference} names no weights; try {reference}@imagenet1k")
    how = registry.published(name, variant, weights).prepare
    if how is None:
        raise UserError(f"{reference}: its weights are not for photographs")
    if not pictures:
        raise UserError("name at least one picture")
    return torch.as_tensor(np.stack([photographs.prepare(one, how) for one in pictures]))
