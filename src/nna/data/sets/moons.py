"""Two moons: interleaved half circles that no line parts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Two interleaved half circles",
    task="classification",
    port=Table(features=2),
    rows=1000,
    origin="generated",
    source="scikit-learn (make_moons), noise 0.2, seed 0",
    licence="none needed",
    about="Points on two half circles of radius 1, blurred with a Gaussian.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,000 points, 500 of each half circle."""
    import numpy as np
    from sklearn.datasets import make_moons

    from nna.data.examples import Examples

    x, y = make_moons(n_samples=DATASET.rows, noise=0.2, random_state=0)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=np.asarray(x, dtype=np.float32),
        y=np.asarray(y, dtype=np.int64),
        classes=("upper", "lower"),
    )
