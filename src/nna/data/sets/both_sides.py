"""A place in a stream of bits: what it is hangs on the two bits before it and the two behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="The middle of 15 bits, told by both sides",
    task="classification",
    port=Series(channels=1, steps=15),
    rows=4000,
    origin="generated",
    source="made for this library: the exclusive or in time of Elman (1990). Finding structure in "
    "time. Cognitive Science 14(2), once in each direction",
    licence="none needed",
    about="Streams of 15 random bits, 1 or -1, no two alike. Asked is the class of the middle: "
    "whether the two bits before it differ, and whether the two behind it do, four cases in all. "
    "Who reads from one side only can be right half of the time; no weighted sum of bits tells "
    "anything.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 4,000 streams."""
    import numpy as np

    from nna.data.examples import Examples

    rows, steps, _ = DATASET.port.shape(DATASET.rows, None)
    numbers = np.random.default_rng(0).choice(2**steps, rows, replace=False)
    bits = numbers[:, None] >> np.arange(steps) & 1
    middle = steps // 2
    before = bits[:, middle - 2] ^ bits[:, middle - 1]
    behind = bits[:, middle + 1] ^ bits[:, middle + 2]
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=(2 * bits[..., None] - 1).astype(np.float32),
        y=(2 * before + behind).astype(np.int64),
        classes=("same, same", "same, other", "other, same", "other, other"),
        scaled=True,
    )
