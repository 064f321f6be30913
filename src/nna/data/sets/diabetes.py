"""Diabetes: 442 patients, ten measurements, how the disease progressed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Progress of diabetes after one year",
    task="regression",
    port=Table(features=10),
    rows=442,
    origin="embedded",
    source="Efron, Hastie, Johnstone, Tibshirani (2004). Least angle regression. Annals of "
    "Statistics 32(2); as shipped with scikit-learn (load_diabetes)",
    licence="no terms stated; published by the authors",
    about="Measurements in their own units (not those that scikit-learn scales by default, with "
    "statistics of all 442 patients, test part included); the target runs from 25 to 346.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 442 patients."""
    import numpy as np
    import pandas as pd
    from sklearn.datasets import load_diabetes

    from nna.data.examples import Examples

    x, y = load_diabetes(as_frame=True, scaled=False, return_X_y=True)
    return Examples.of(
        task=DATASET.task, port=DATASET.port, x=pd.DataFrame(x), y=np.asarray(y, dtype=np.float32)
    )
