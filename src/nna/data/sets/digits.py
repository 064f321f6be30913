"""Handwritten digits, 8x8 pixels, that ship with scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Handwritten digits, 8x8 grey",
    task="classification",
    port=Image(channels=1, size=8, min_size=8),
    rows=1797,
    origin="embedded",
    source="Alpaydin, Kaynak (1998). Optical Recognition of Handwritten Digits. UCI; its test "
    "part, as shipped with scikit-learn (load_digits)",
    licence="CC BY 4.0",
    about="Digits of 13 writers, counted down to 8x8 blocks of 0 to 16 dark pixels.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,797 digits; pixels from 0 (paper) to 1 (ink)."""
    import numpy as np
    from sklearn.datasets import load_digits

    from nna.data.examples import Examples

    pixels, digit = load_digits(return_X_y=True)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=(np.asarray(pixels) / 16).astype(np.float32).reshape(-1, 1, 8, 8),
        y=np.asarray(digit, dtype=np.int64),
        classes=tuple("0123456789"),
    )
