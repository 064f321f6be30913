"""A long lag: tell the first of 101 symbols at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="First symbol of 101, told at the end",
    task="classification",
    port=Series(channels=8, steps=101),
    rows=4000,
    origin="generated",
    source="after Hochreiter, Schmidhuber (1997). Long short-term memory. Neural Computation 9(8), "
    "section 5.2 (long time lags)",
    licence="none needed",
    about="The first step shows one of four symbols; a hundred steps of four other symbols at "
    "random follow and tell nothing. Each symbol is a channel, 1 where shown.",
)

SYMBOLS = 4  # to remember; as many others distract


def load(data_dir: Path | None = None) -> Examples:
    """The 4,000 series, a thousand with each first symbol, shuffled."""
    import numpy as np

    from nna.data.examples import Examples

    draw = np.random.default_rng(0)
    rows, steps, channels = DATASET.port.shape(DATASET.rows, None)
    first = draw.permutation(np.arange(rows) % SYMBOLS)
    rest = SYMBOLS + draw.integers(SYMBOLS, size=(rows, steps - 1))
    shown = np.concatenate([first[:, None], rest], axis=1)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=np.eye(channels, dtype=np.float32)[shown],
        y=first.astype(np.int64),
        classes=tuple("abcd"),
        scaled=True,
    )
