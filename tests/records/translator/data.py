"""Sequences and their reversals, of different lengths."""

import numpy as np

from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.ports import Field
from nna.spec import Tokens

VOCAB, LONGEST, START = 12, 6, 1
DATASET = Dataset(
    title="Reversals",
    task="sequence-pairs",  # type: ignore[arg-type]
    port=Tokens(vocab=VOCAB, length=LONGEST),
    rows=600,
    origin="generated",
    source="here",
    licence="none",
    about="Each sequence of tokens is to be written backwards.",
)


def load(data_dir=None) -> Examples:
    """What comes in, what the decoder has seen before each step, and what comes after it."""
    draw = np.random.default_rng(0)
    source = [draw.integers(2, VOCAB, draw.integers(2, LONGEST + 1)) for _ in range(DATASET.rows)]
    before = [np.concatenate([[START], one[::-1]]) for one in source]
    after = [np.concatenate([one[::-1], [0]]) for one in source]
    port = Tokens(vocab=VOCAB, length=LONGEST + 1)
    return Examples(
        task="sequence-pairs",  # type: ignore[arg-type]
        inputs={"source": Field(DATASET.port, source), "before": Field(port, before)},
        targets={"after": Field(port, after)},
    )
