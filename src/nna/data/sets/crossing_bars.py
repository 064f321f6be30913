"""Bars that cross: pictures whose sixteen independent causes are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Bars that cross, 8x8",
    task="factor-recovery",
    port=Image(channels=1, size=8, min_size=8),
    rows=5_000,
    origin="generated",
    source="Földiák (1990). Forming sparse representations by local anti-Hebbian learning. "
    "Biological Cybernetics 64, doi 10.1007/BF02331346, section 4.1",
    licence="none needed",
    about="Each of the eight rows and the eight columns is drawn with probability 1/8, by itself; "
    "a pixel is 1 where any of its two bars is. The sixteen bars are the factors: no network is "
    "told of them, and its code is judged by them.",
)

SIDE, PROBABILITY = 8, 1 / 8


def load(data_dir: Path | None = None) -> Examples:
    """The 5,000 pictures, with the bars of each."""
    import numpy as np

    from nna.data.examples import INPUT, Examples
    from nna.ports import Field
    from nna.tasks.factor_recovery import FACTORS

    drawn = np.random.default_rng(0).random((DATASET.rows, 2 * SIDE)) < PROBABILITY
    x = (drawn[:, :SIDE, None] | drawn[:, None, SIDE:]).astype(np.float32)
    return Examples(
        task=DATASET.task,
        inputs={INPUT: Field(DATASET.port, x[:, None])},
        targets={FACTORS: drawn.astype(np.float32)},
    )
