"""Iris, setosa against the rest: two classes that a line can part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Iris flowers, setosa or not",
    task="classification",
    port=Table(features=4),
    rows=150,
    origin="embedded",
    source="Fisher (1936). The use of multiple measurements in taxonomic problems. Annals of "
    "Eugenics 7; as shipped with scikit-learn (load_iris)",
    licence="CC BY 4.0",
    about="Lengths and widths of sepals and petals in centimetres; linearly separable.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 150 flowers; class 1 is setosa."""
    import numpy as np

    from nna.data.sets import iris

    flowers = iris.load()
    setosa = np.asarray(flowers.y) == flowers.classes.index("setosa")
    return flowers.changed(y=setosa.astype(np.int64), classes=("other", "setosa"))
