"""Handwritten digits over photographs, with the class of every pixel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Digits in scenes, 32x32 colour, with masks",
    task="segmentation",
    port=Image(channels=3, size=32, min_size=32),
    rows=1600,
    origin="generated",
    source="Digits of scikit-learn's load_digits over crops of its two sample photographs "
    "(load_sample_images)",
    licence="digits CC BY 4.0; photographs CC BY 2.0",
    about="One or two real handwritten digits of 13 to 18 pixels, coloured, over crops of real "
    "photographs; the class of every pixel is known exactly. No digit and no strip of a photograph "
    "appears in two parts.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,600 scenes; pixels from 0 to 1, masks with 0 for the background, 1 + digit on ink."""
    from nna.data.examples import Examples
    from nna.data.images.scenes import CLASSES, scenes

    made = scenes()
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=made.x,
        y=made.masks,
        classes=CLASSES,
        parts=made.parts,
    )
