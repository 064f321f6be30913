"""Handwritten digits learnt without labels; five labels a class judge the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Digits without labels, 8x8, probed with five a class",
    task="linear-probe",
    port=Image(channels=1, size=8, min_size=8),
    rows=1797,
    origin="embedded",
    source="Alpaydin, Kaynak (1998). Optical Recognition of Handwritten Digits. UCI; its test "
    "part, as shipped with scikit-learn (load_digits)",
    licence="CC BY 4.0",
    about="The digits of `digits`. No network is told which is which; a linear classifier on its "
    "code is, for five examples of each digit in the test part, and names the others. Pixels are "
    "left between 0 and 1.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 1,797 digits, pixels from 0 (paper) to 1 (ink)."""
    import numpy as np

    from nna.data.examples import INPUT, Examples
    from nna.data.sets import digits
    from nna.ports import Field
    from nna.tasks.linear_probe import LABEL

    plain = digits.load(data_dir)
    return Examples(
        task=DATASET.task,
        inputs={INPUT: Field(DATASET.port, np.asarray(plain.x))},
        targets={LABEL: np.asarray(plain.y)},
        classes=plain.classes,
        scaled=True,
    )
