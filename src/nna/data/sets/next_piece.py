"""Pairs of pieces of two books: some letters are missing; does the second follow the first?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data import letters
from nna.data.catalog import Dataset
from nna.spec import Tokens

if TYPE_CHECKING:
    from nna.data.examples import Examples, Part

PORT = Tokens(vocab=letters.VOCAB, length=43)
DATASET = Dataset(
    title="Missing letters, and whether one piece follows another",
    task="masked-language-modelling",
    port=PORT,
    rows=10_000,
    origin="embedded",
    source="Moby-Dick (as in `moby_dick`) and pydoc_data.topics of the running Python; the task "
    "after Devlin, Chang, Lee, Toutanova (2019). BERT. NAACL, arXiv 1810.04805, section 3.1",
    licence="public domain; PSF-2.0",
    about="[CLS] a piece [SEP] another [SEP], each of about 10 to 20 letters, spaces and "
    "signs. The second piece follows the first (class 0), or is any piece of the other "
    "book (class 1), so that its manner alone tells. Of the letters to be tested on 15 % "
    "are missing. Each book gives its first 80 % for training. Pydoc differs a little "
    "from one version of Python to the next.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 10,000 pairs, with the split.

    Raises:
        UserError: this Python came without the module, or with a shorter one.
    """
    import numpy as np

    draw = np.random.default_rng(0)
    half = DATASET.rows // 2
    books = [letters.pieces(book(), half + 1, draw) for book in (letters.moby_dick, letters.pydoc)]
    within = letters.parts(half)
    lines = []
    for number, book in enumerate(books):
        other = books[1 - number]
        for rows in within.values():
            strange = draw.permutation(len(rows)) < len(rows) // 2
            for row, unlike in zip(rows, strange, strict=True):
                second = other[draw.choice(rows)] if unlike else book[row + 1]
                lines.append(([book[row], second], int(unlike)))
    split: dict[Part, np.ndarray] = {
        part: np.concatenate([rows, half + rows]) for part, rows in within.items()
    }
    return letters.examples(DATASET.task, PORT, lines, split, draw)
