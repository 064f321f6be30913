"""Two circles: one class within the other, so that only the distance from the middle tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Two circles, one within the other",
    task="classification",
    port=Table(features=2),
    rows=1000,
    origin="generated",
    source="scikit-learn (make_circles), noise 0.1, factor 0.5, seed 0",
    licence="none needed",
    about="Points on circles of radius 1 and 0.5, blurred with a Gaussian.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,000 points, 500 of each circle."""
    import numpy as np
    from sklearn.datasets import make_circles

    from nna.data.examples import Examples

    x, y = make_circles(n_samples=DATASET.rows, noise=0.1, factor=0.5, random_state=0)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=np.asarray(x, dtype=np.float32),
        y=np.asarray(y, dtype=np.int64),
        classes=("outer", "inner"),
    )
