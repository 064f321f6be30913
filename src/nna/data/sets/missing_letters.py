"""Runs of letters of a novel, some of them missing."""

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
    title="Missing letters",
    task="masked-language-modelling",
    port=PORT,
    rows=10_000,
    origin="embedded",
    source="Moby-Dick (as in `moby_dick`); the task after Devlin, Chang, Lee, Toutanova (2019). "
    "BERT. NAACL, arXiv 1810.04805, section 3.1, without its sentence pairs",
    licence="public domain",
    about="[CLS] some 20 to 40 letters, spaces and signs [SEP]. Of the letters to be tested on "
    "15 % are missing. The first 80 % of the text are for training.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 10,000 runs, with the split."""
    import numpy as np

    draw = np.random.default_rng(0)
    rows = DATASET.rows
    halves = letters.pieces(letters.moby_dick(), 2 * rows, draw)
    pairs = zip(halves[::2], halves[1::2], strict=True)
    lines = [([[*one, letters.SPACE, *other]], None) for one, other in pairs]
    return letters.examples(DATASET.task, PORT, lines, letters.parts(rows), draw)
