"""Three digits to be remembered, and cues that have lost some of their pixels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

PATTERNS, CUES, FLIPPED = 3, 300, 10

DATASET = Dataset(
    title="Three digits to be recalled",
    task="recall",
    port=Table(features=64),
    rows=PATTERNS + 2 * CUES,
    origin="embedded",
    source="Alpaydin, Kaynak (1998). Optical Recognition of Handwritten Digits. UCI; its test "
    "part, as shipped with scikit-learn (load_digits)",
    licence="CC BY 4.0",
    about="The first 0, 1 and 2, each pixel +1 where it has more ink than that pixel's median over "
    "all digits, else -1: so no unit is on or off in nearly every picture. The training part is "
    "the three pictures; validation and test are 300 cues each, in which 10 of the 64 pixels have "
    "the wrong sign, and the target is the picture that the cue was made of.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The pictures, then the cues; the target of each is its picture."""
    import numpy as np

    from nna.data import associative_memory

    pictures, digit = associative_memory.digits()
    first = np.stack([pictures[digit == k][0] for k in range(PATTERNS)])
    return associative_memory.recall(first, CUES, FLIPPED)
