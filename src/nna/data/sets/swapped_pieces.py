"""Pairs of neighbouring pieces of a novel: some letters are missing; are the pieces swapped?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data import letters
from nna.data.catalog import Dataset
from nna.spec import Tokens

if TYPE_CHECKING:
    from nna.data.examples import Examples

PORT = Tokens(vocab=letters.VOCAB, length=43)
DATASET = Dataset(
    title="Missing letters, and whether two pieces are swapped",
    task="masked-language-modelling",
    port=PORT,
    rows=10_000,
    origin="embedded",
    source="Moby-Dick (as in `moby_dick`); the task after Lan, Chen, Goodman, Gimpel, Sharma, "
    "Soricut (2020). ALBERT. ICLR, arXiv 1909.11942, section 3.1",
    licence="public domain",
    about="[CLS] a piece [SEP] another [SEP], each of about 10 to 20 letters, spaces and "
    "signs, one after the other in the book (class 0) or the other way round (class 1): "
    "topic and manner tell nothing. Of the letters to be tested on 15 % are missing.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 10,000 pairs, with the split."""
    import numpy as np

    draw = np.random.default_rng(0)
    rows = DATASET.rows
    book = letters.pieces(letters.moby_dick(), rows + 1, draw)
    split, swapped = letters.parts(rows), np.zeros(rows, dtype=bool)
    for part in split.values():
        swapped[part] = draw.permutation(len(part)) < len(part) // 2
    lines = [([book[i + s], book[i + 1 - s]], int(s)) for i, s in enumerate(swapped.tolist())]
    return letters.examples(DATASET.task, PORT, lines, split, draw)
