"""A ring of eight Gaussians: what a generator that forgets modes fails on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Ring of eight Gaussians",
    task="generation",
    port=Table(features=2),
    rows=10_000,
    origin="generated",
    source="after Metz, Poole, Pfau, Sohl-Dickstein (2017). Unrolled generative adversarial "
    "networks. ICLR, arXiv 1611.02163 (there with spread 0.02)",
    licence="none needed",
    about="Eight Gaussians of spread 0.05, equally likely, their centres evenly on a circle of "
    "radius 2, the first at (2, 0). Counting the centres that samples reach measures coverage.",
)

RADIUS, SPREAD, MODES = 2.0, 0.05, 8


def load(data_dir: Path | None = None) -> Examples:
    """The 10,000 points, in the order drawn."""
    import numpy as np

    from nna.data.examples import Examples

    draw = np.random.default_rng(0)
    mode = draw.integers(MODES, size=DATASET.rows)
    angle = mode * (2 * np.pi / MODES)
    centre = RADIUS * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x = centre + SPREAD * draw.standard_normal(centre.shape)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=x.astype(np.float32),
        y=mode,  # never shown to a generator: it tells which modes its samples reach
        classes=tuple(f"mode {i}" for i in range(MODES)),
        scaled=True,
    )
