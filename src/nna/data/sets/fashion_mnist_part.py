"""A part of Fashion-MNIST that travels with the library: 9,000 articles of clothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.data.sets.fashion_mnist import CLASSES
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Fashion-MNIST articles of clothing, 28x28 grey, a part",
    task="classification",
    port=Image(channels=1, size=28, min_size=28),
    rows=9_000,
    origin="embedded",
    source="Xiao, Rasul, Vollgraf (2017). Fashion-MNIST: a novel image dataset for benchmarking "
    "machine learning algorithms. arXiv 1708.07747; cut by tools/carry.py",
    licence="MIT",
    about="The part of `fashion_mnist` that needs no download: of each class 600 pictures to "
    "train, 100 to validate, 200 of the published test part to test.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The articles, pixels from 0 (ground) to 1."""
    import numpy as np

    from nna.data import carried
    from nna.data.examples import Examples, Part
    from nna.data.images import idx

    parts: dict[Part, np.ndarray] = {
        "train": np.arange(6000),
        "validation": np.arange(6000, 7000),
        "test": np.arange(7000, 9000),
    }
    x, y = (idx.read(carried.file("fashion_mnist", f"{of}.idx.xz")) for of in ("images", "labels"))
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=(x / np.float32(255))[:, None],
        y=y.astype(np.int64),
        classes=CLASSES,
        parts=parts,
    )
