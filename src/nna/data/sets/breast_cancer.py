"""Breast cancer: 569 tumours, malignant or benign, thirty measurements each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Breast tumours, malignant or benign",
    task="classification",
    port=Table(features=30),
    rows=569,
    origin="embedded",
    source="Wolberg, Mangasarian, Street, Street (1993). Breast Cancer Wisconsin (Diagnostic). "
    "UCI; as shipped with scikit-learn (load_breast_cancer)",
    licence="CC BY 4.0",
    about="Shapes of cell nuclei in a picture: mean, standard error and worst of ten measures.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 569 tumours."""
    from sklearn.datasets import load_breast_cancer

    from nna.data.bundled import classified

    return classified(load_breast_cancer(as_frame=True), DATASET)
