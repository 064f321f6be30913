"""Handwritten digits over photographs, with a box around each."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.sets import digit_scenes

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = dataclasses.replace(
    digit_scenes.DATASET,
    title="Digits in scenes, 32x32 colour, with boxes",
    task="detection",
    about="The scenes of digit_scenes, with the tightest box around each digit's ink.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,600 scenes; rows of digit, left, top, right, bottom in pixels, -1 where no digit is."""
    from nna.data.examples import Examples
    from nna.data.images.scenes import CLASSES, scenes

    made = scenes()
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=made.x,
        y=made.boxes,
        classes=CLASSES[1:],
        parts=made.parts,
    )
