"""Handwritten digits on a larger canvas, each moved a little: pixels no longer meet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

SIDE = 10  # pixels: a rim of one around the digit, were it in the middle

DATASET = Dataset(
    title="Handwritten digits, each moved a little, 10x10",
    task="classification",
    port=Image(channels=1, size=SIDE, min_size=SIDE),
    rows=1797,
    origin="embedded",
    source="Alpaydin, Kaynak (1998). Optical Recognition of Handwritten Digits. UCI; its test "
    "part, as shipped with scikit-learn (load_digits); moved here",
    licence="CC BY 4.0",
    about="The digits of 8x8 grey pixels, each at one of the nine places of a 10x10 canvas, drawn "
    "from a fixed seed. One pixel is the width of a stroke, so that two pictures of one digit "
    "rarely overlap: their distance, pixel by pixel, says little of what they show.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,797 moved digits; pixels from 0 (paper) to 1 (ink)."""
    import numpy as np
    from sklearn.datasets import load_digits

    from nna.data.examples import Examples

    pixels, digit = load_digits(return_X_y=True)
    digits = (np.asarray(pixels) / 16).astype(np.float32).reshape(-1, 8, 8)
    canvas = np.zeros((len(digits), 1, SIDE, SIDE), np.float32)
    places = np.random.default_rng(0).integers(0, SIDE - 8 + 1, (len(digits), 2))
    for picture, shown, (top, left) in zip(canvas, digits, places, strict=True):
        picture[0, top : top + 8, left : left + 8] = shown
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=canvas,
        y=np.asarray(digit, dtype=np.int64),
        classes=tuple("0123456789"),
    )
