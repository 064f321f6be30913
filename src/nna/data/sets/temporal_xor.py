"""Exclusive or in time: the next bit is the exclusive or of the last two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Exclusive or in time",
    task="classification",
    port=Series(channels=1, steps=29),
    rows=2000,
    origin="generated",
    source="after Elman (1990). Finding structure in time. Cognitive Science 14(2), the section on "
    "exclusive-or",
    licence="none needed",
    about="A stream of bits in threes: two at random, then their exclusive or. It is cut off after "
    "nine threes and two random bits, and the next bit is asked. Neither of the last two bits, nor "
    "any weighted sum of all, tells anything about it.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 2,000 streams, no two alike."""
    import numpy as np

    from nna.data.examples import Examples

    rows, steps, _ = DATASET.port.shape(DATASET.rows, None)
    threes = steps // 3 + 1
    numbers = np.random.default_rng(0).choice(4**threes, rows, replace=False)
    drawn = (numbers[:, None] >> np.arange(2 * threes) & 1).reshape(rows, threes, 2)
    stream = np.concatenate([drawn, drawn[..., :1] ^ drawn[..., 1:]], axis=2).reshape(rows, -1)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=stream[:, :steps, None].astype(np.float32),
        y=stream[:, steps].astype(np.int64),
        classes=("0", "1"),
        scaled=True,
    )
