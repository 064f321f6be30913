"""The adding problem: two numbers of a series are marked; their sum is asked at its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Two marked numbers of 40, added at the end",
    task="regression",
    port=Series(channels=2, steps=40),
    rows=6000,
    origin="generated",
    source="after Hochreiter, Schmidhuber (1997). Long short-term memory. Neural Computation 9(8), "
    "section 5.4 (adding problem)",
    licence="none needed",
    about="Every step shows a number between -1 and 1 and a mark: 1 at one of steps 2 to 10 and at "
    "another of steps 2 to 20, -1 at both ends, else 0. The target is 0.5 plus a quarter of the "
    "sum of the two numbers that are marked by 1. No weighted sum of numbers and marks tells it. "
    "The paper's series differ in length and may mark the first step.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 6,000 series, of one length."""
    import numpy as np

    from nna.data.examples import Examples

    draw = np.random.default_rng(0)
    rows, steps, _ = DATASET.port.shape(DATASET.rows, None)
    numbers, marks = draw.uniform(-1, 1, (rows, steps)), np.zeros((rows, steps))
    one = draw.integers(1, 10, rows)
    other = draw.integers(1, steps // 2 - 1, rows)
    other += other >= one  # not the same again
    each = np.arange(rows)
    marks[each, one] = marks[each, other] = 1
    marks[:, [0, -1]] = -1
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=np.stack([numbers, marks], axis=2).astype(np.float32),
        y=(0.5 + (numbers * (marks > 0)).sum(1) / 4).astype(np.float32),
        scaled=True,
    )
