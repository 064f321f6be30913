"""A place in a stream of bits: where in its run of equal bits it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="First, last, inside or alone: a bit in its run",
    task="classification",
    port=Series(channels=1, steps=15),
    rows=4000,
    origin="generated",
    source="made for this library: the exclusive or in time of Elman (1990). Finding structure in "
    "time. Cognitive Science 14(2), once in each direction",
    licence="none needed",
    about="Streams of 15 random bits, 1 or -1, no two alike. Asked is where in its run of equal "
    "bits the middle one stands: whether the one before it differs, and whether the one behind it "
    "does. Who reads from one side only can be right half of the time; no weighted sum of bits "
    "tells anything.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 4,000 streams."""
    import numpy as np

    from nna.data.examples import Examples

    rows, steps, _ = DATASET.port.shape(DATASET.rows, None)
    numbers = np.random.default_rng(0).choice(2**steps, rows, replace=False)
    bits = numbers[:, None] >> np.arange(steps) & 1
    middle = steps // 2
    begins = bits[:, middle - 1] ^ bits[:, middle]
    ends = bits[:, middle] ^ bits[:, middle + 1]
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=(2 * bits[..., None] - 1).astype(np.float32),
        y=(2 * begins + ends).astype(np.int64),
        classes=("inside", "last", "first", "alone"),
        scaled=True,
    )
