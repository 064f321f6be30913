"""Timing: how many steps lie between the last two spikes of a train."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Steps between the last two spikes",
    task="regression",
    port=Series(channels=1, steps=40),
    rows=6000,
    origin="generated",
    source="after Gers, Schmidhuber (2000). Recurrent nets that time and count. IJCNN "
    "(measuring spike delays)",
    licence="none needed",
    about="Spikes of 1 among zeros. They come 5 to 14 steps apart, at random; the last falls on "
    "one of the ten last steps, and nothing follows it. The target is the interval before it, in "
    "steps. The paper asks at every spike.",
)

SHORTEST, LONGEST, LAST = 5, 14, 10  # of intervals; steps at the end, on one of which is a spike


def load(data_dir: Path | None = None) -> Examples:
    """The 6,000 trains."""
    import numpy as np

    from nna.data.examples import Examples

    draw = np.random.default_rng(0)
    rows, steps, _ = DATASET.port.shape(DATASET.rows, None)
    intervals = draw.integers(SHORTEST, LONGEST + 1, size=(rows, steps // SHORTEST))
    back = np.cumsum(intervals, axis=1)  # from the last spike, into the past
    last = draw.integers(steps - LAST, steps, size=(rows, 1))
    spikes = np.concatenate([last, last - back], axis=1)
    series = np.zeros((rows, steps), np.float32)
    row, which = np.nonzero(spikes >= 0)
    series[row, spikes[row, which]] = 1.0
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=series[..., None],
        y=intervals[:, 0].astype(np.float32),
        scaled=True,
    )
