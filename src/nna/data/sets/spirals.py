"""Two spirals, wound around each other: every line from the middle crosses both again and again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

TURNS, NOISE = 1.5, 0.05

DATASET = Dataset(
    title="Two spirals wound around each other",
    task="classification",
    port=Table(features=2),
    rows=1000,
    origin="generated",
    source="equations here: one and a half turns, the radius growing with the angle to 1, noise "
    "0.05, seed 0; after the task of Lang and Witbrock (1988)",
    licence="none needed",
    about="Points on two spirals, one the other turned by half a turn, blurred with a Gaussian.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,000 points, 500 of each spiral."""
    import numpy as np

    from nna.data.examples import Examples

    rng = np.random.default_rng(0)
    y = np.arange(DATASET.rows) % 2
    radius = np.sqrt(rng.uniform(0.02, 1.0, DATASET.rows))  # as many points an inch everywhere
    angle = 2 * np.pi * TURNS * radius + np.pi * y
    x = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    x += rng.normal(0, NOISE, x.shape)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=x.astype(np.float32),
        y=y.astype(np.int64),
        classes=("first", "second"),
    )
