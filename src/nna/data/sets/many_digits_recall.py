"""A thousand digits to be remembered by 64 units, and cues that have lost some pixels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

PATTERNS, CUES, FLIPPED = 1000, 300, 3

DATASET = Dataset(
    title="A thousand digits to be recalled",
    task="recall",
    port=Table(features=64),
    rows=PATTERNS + 2 * CUES,
    origin="embedded",
    source="Alpaydin, Kaynak (1998). Optical Recognition of Handwritten Digits. UCI; its test "
    "part, as shipped with scikit-learn (load_digits)",
    licence="CC BY 4.0",
    about="The first thousand digits that differ, each pixel +1 where it has more ink than that "
    "pixel's median over all digits, else -1. The training part is the pictures; validation and "
    "test are 300 cues each, in which 3 of the 64 pixels have the wrong sign, and the target is "
    "the picture that the cue was made of.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The pictures, then the cues; the target of each is its picture."""
    import numpy as np

    from nna.data import associative_memory

    pictures, _ = associative_memory.digits()
    _, first = np.unique(pictures, axis=0, return_index=True)
    return associative_memory.recall(pictures[np.sort(first)[:PATTERNS]], CUES, FLIPPED)
