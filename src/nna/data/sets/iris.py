"""Iris: 150 flowers of three species, four lengths each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Iris flowers, three species",
    task="classification",
    port=Table(features=4),
    rows=150,
    origin="embedded",
    source="Fisher (1936). The use of multiple measurements in taxonomic problems. Annals of "
    "Eugenics 7; as shipped with scikit-learn (load_iris)",
    licence="CC BY 4.0",
    about="Lengths and widths of sepals and petals in centimetres. One species can be told from "
    "the other two by a line; those two can't be parted so.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 150 flowers."""
    from sklearn.datasets import load_iris

    from nna.data.bundled import classified

    return classified(load_iris(as_frame=True), DATASET)
