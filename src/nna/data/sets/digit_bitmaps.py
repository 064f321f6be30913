"""Handwritten digits as bitmaps, 8x8: every pixel ink or paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Handwritten digits as bitmaps, 8x8",
    task="classification",
    port=Image(channels=1, size=8, min_size=8),
    rows=1797,
    origin="embedded",
    source="Alpaydin, Kaynak (1998). Optical Recognition of Handwritten Digits. UCI; its test "
    "part, as shipped with scikit-learn (load_digits)",
    licence="CC BY 4.0",
    about="The digits, each pixel 1 where half of its block or more is ink, else 0: what a network "
    "of binary units can model. They are left as they are, not brought to mean 0.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,797 bitmaps, with the digit that each shows."""
    import numpy as np
    from sklearn.datasets import load_digits

    from nna.data.examples import Examples

    pixels, digit = load_digits(return_X_y=True)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=(np.asarray(pixels) >= 8).astype(np.float32).reshape(-1, 1, 8, 8),
        y=np.asarray(digit, dtype=np.int64),
        classes=tuple("0123456789"),
        scaled=True,
    )
