"""Small digits under noise."""

import numpy as np

from nna.data import catalog
from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.spec import Image

DATASET = Dataset(
    title="Noisy digits",
    task="restoration",  # type: ignore[arg-type]
    port=Image(channels=1, size=8, min_size=8),
    rows=400,
    origin="generated",
    source="scikit-learn",
    licence="BSD",
    about="Digits to which noise was added.",
)


def load(data_dir=None) -> Examples:
    """A noisy and a clean picture each."""
    clean = catalog.load("digits").x[: DATASET.rows]
    noisy = clean + np.random.default_rng(0).normal(0, 0.3, clean.shape).astype(np.float32)
    task = DATASET.task
    return Examples.of(task=task, port=DATASET.port, x=noisy, y=clean, scaled=True)
