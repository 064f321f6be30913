"""Pictures of one bar each: eight modes that a generator can miss, as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="One bar in a picture, 4x4 grey",
    task="generation",
    port=Image(channels=1, size=4, min_size=4),
    rows=4_000,
    origin="generated",
    source="after Földiák (1990). Forming sparse representations by local anti-Hebbian learning. "
    "Biological Cybernetics 64, doi 10.1007/BF02331346 (there several bars at once, no noise)",
    licence="none needed",
    about="One of the four rows or the four columns is 1, all else -1; every pixel has noise of "
    "spread 0.1: eight modes, equally likely. Counting those that samples reach measures coverage.",
)

SIDE, SPREAD = 4, 0.1


def load(data_dir: Path | None = None) -> Examples:
    """The 4,000 pictures, in the order drawn."""
    import numpy as np

    from nna.data.examples import Examples

    draw = np.random.default_rng(0)
    mode = draw.integers(2 * SIDE, size=DATASET.rows)
    rows = np.repeat(np.eye(SIDE), SIDE, axis=1).reshape(-1, SIDE, SIDE)
    bars = 2 * np.concatenate([rows, rows.transpose(0, 2, 1)]) - 1
    x = bars[mode] + SPREAD * draw.standard_normal((DATASET.rows, SIDE, SIDE))
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=x[:, None].astype(np.float32),
        y=mode,  # never shown to a generator: it tells which modes its samples reach
        classes=tuple(f"{of} {i + 1}" for of in ("row", "column") for i in range(SIDE)),
        scaled=True,
    )
