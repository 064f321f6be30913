"""Handwritten digits as bitmaps on a larger canvas, each moved a little."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.data.sets import digit_bitmaps, moved_digits

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Handwritten digits as bitmaps, each moved a little, 10x10",
    task="classification",
    port=moved_digits.DATASET.port,
    rows=digit_bitmaps.DATASET.rows,
    origin="embedded",
    source=moved_digits.DATASET.source,
    licence=moved_digits.DATASET.licence,
    about="The moved digits, each pixel 1 where half of its block or more is ink, else 0. What a "
    "digit looks like must be learnt apart from where it stands, by a network of binary units too.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,797 moved bitmaps, with the digit that each shows."""
    import numpy as np

    moved = moved_digits.load(data_dir)
    return moved.changed(x=(np.asarray(moved.x) >= 0.5).astype(np.float32), scaled=True)
