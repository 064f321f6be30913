"""Handwritten digits as bitmaps, 4x4: few enough pixels for every sum to be exact."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Handwritten digits as bitmaps, 4x4",
    task="classification",
    port=Image(channels=1, size=4, min_size=4),
    rows=1797,
    origin="embedded",
    source="Alpaydin, Kaynak (1998). Optical Recognition of Handwritten Digits. UCI; its test "
    "part, as shipped with scikit-learn (load_digits)",
    licence="CC BY 4.0",
    about="The digits, each pixel of 2x2 blocks 1 where three eighths or more is ink, else 0: with "
    "16 binary pixels there are 65,536 pictures, and sums over all of them are soon made.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,797 bitmaps, with the digit that each shows."""
    import numpy as np
    from sklearn.datasets import load_digits

    from nna.data.examples import Examples

    pixels, digit = load_digits(return_X_y=True)
    blocks = np.asarray(pixels).reshape(-1, 4, 2, 4, 2).mean((2, 4))  # ink, from 0 to 16
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=(blocks >= 6).astype(np.float32)[:, None],
        y=np.asarray(digit, dtype=np.int64),
        classes=tuple("0123456789"),
        scaled=True,
    )
