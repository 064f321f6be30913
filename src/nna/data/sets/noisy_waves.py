"""Waves of four frequencies, of any phase, under noise: which one is it?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Four frequencies under noise",
    task="classification",
    port=Series(channels=1, steps=128),
    rows=3000,
    origin="generated",
    source="made for this library: sines of unknown phase, the textbook case of detection by "
    "energy, as in Urkowitz (1967). Energy detection of unknown deterministic signals. Proceedings "
    "of the IEEE 55(4)",
    licence="none needed",
    about="128 steps of a sine that turns 6, 9, 12 or 15 times in them, beginning anywhere, with "
    "normal noise as large as its amplitude. Since every phase has its opposite, no weighted sum "
    "of the steps tells the frequency.",
)

TURNS = (6, 9, 12, 15)


def load(data_dir: Path | None = None) -> Examples:
    """The 3,000 waves, 750 of each frequency, shuffled."""
    import numpy as np

    from nna.data.examples import Examples

    draw = np.random.default_rng(0)
    rows, steps, _ = DATASET.port.shape(DATASET.rows, None)
    y = draw.permutation(np.arange(rows) % len(TURNS))
    turns = np.array(TURNS)[y][:, None] * np.arange(steps) / steps
    waves = np.sin(2 * np.pi * (turns + draw.uniform(size=(rows, 1))))
    waves += draw.standard_normal((rows, steps))
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=waves[..., None].astype(np.float32),
        y=y.astype(np.int64),
        classes=tuple(f"{turn} turns" for turn in TURNS),
        scaled=True,
    )
