"""A photograph made ready for public weights: resized, cut square, scaled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nna.errors import UserError
from nna.spec import Preprocessing

if TYPE_CHECKING:
    from PIL.Image import Image


def prepare(picture: str | Path | Image, how: Preprocessing) -> np.ndarray:
    """One photograph as `(3, side, side)`, float32.

    Args:
        picture: a file, or an opened picture.
        how: what the weights were trained with.

    Raises:
        UserError: the file is missing, or no picture.
    """
    import PIL.Image
    import PIL.ImageOps

    if isinstance(picture, str | Path):
        path = Path(picture).expanduser()
        if not path.is_file():
            raise UserError(f"{path}: no such picture")
        try:
            with PIL.Image.open(path) as opened:
                return prepare(opened, how)
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise UserError(f"{path} is not a picture, or damaged") from error
    upright = PIL.ImageOps.exif_transpose(picture).convert("RGB")
    filters = {"bilinear": PIL.Image.Resampling.BILINEAR, "bicubic": PIL.Image.Resampling.BICUBIC}
    width, height = upright.size
    short = min(width, height)
    size = (how.resize * width // short, how.resize * height // short)
    resized = upright.resize(size, filters[how.interpolation])
    left, top = (round((edge - how.side) / 2) for edge in size)
    square = resized.crop((left, top, left + how.side, top + how.side))
    pixels = np.asarray(square, dtype=np.float32) / 255
    mean, std = (np.array(of, dtype=np.float32) for of in (how.mean, how.std))
    return np.ascontiguousarray(((pixels - mean) / std).transpose(2, 0, 1))
