"""Selective memory: one symbol of a long series is marked; it is asked at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="The marked one of 60 symbols, told at the end",
    task="classification",
    port=Series(channels=5, steps=60),
    rows=4000,
    origin="generated",
    source="after the selective copying of Gu, Dao (2023). Mamba. arXiv 2312.00752, section 3.1, "
    "with one symbol to be kept instead of many",
    licence="none needed",
    about="Every step shows one of four symbols, each a channel; the fifth channel is 1 at one "
    "step, drawn at random, and 0 at all others. The class is the symbol at that step. Where it is "
    "differs from series to series, so that no weighted sum of all channels tells it.",
)

SYMBOLS = 4


def load(data_dir: Path | None = None) -> Examples:
    """The 4,000 series, a thousand of each class, shuffled."""
    import numpy as np

    from nna.data.examples import Examples

    draw = np.random.default_rng(0)
    rows, steps, _ = DATASET.port.shape(DATASET.rows, None)
    shown = draw.integers(SYMBOLS, size=(rows, steps))
    place = draw.integers(steps, size=rows)
    wanted = draw.permutation(np.arange(rows) % SYMBOLS)
    shown[np.arange(rows), place] = wanted
    mark = np.arange(steps) == place[:, None]
    series = np.concatenate([np.eye(SYMBOLS)[shown], mark[..., None]], axis=2)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=series.astype(np.float32),
        y=wanted.astype(np.int64),
        classes=tuple("abcd"),
        scaled=True,
    )
