"""Rays at a wall whose colour changes from place to place."""

import numpy as np

from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.ports import Field

from .port import Rays

DATASET = Dataset(
    title="A wall",
    task="view",  # type: ignore[arg-type]
    port=Rays(),  # type: ignore[arg-type]
    rows=400,
    origin="generated",
    source="here",
    licence="none",
    about="Rays that start before a wall.",
)


def load(data_dir=None) -> Examples:
    """Where each ray hits, and what is there."""
    draw = np.random.default_rng(0)
    start, to = draw.uniform(-1, 1, (2, DATASET.rows, 3)).astype(np.float32)
    hit = start + to
    targets = {
        "colour": (1 + np.sin(2 * hit)) / 2,
        "depth": np.linalg.norm(to, axis=1),
        "opacity": (hit[:, 0] > 0).astype(np.float32),
    }
    rays = np.stack([start, to], axis=1)
    return Examples(task=DATASET.task, inputs={"rays": Field(DATASET.port, rays)}, targets=targets)
