"""Wine: 178 wines of three growers, thirteen measurements each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Wines of three growers",
    task="classification",
    port=Table(features=13),
    rows=178,
    origin="embedded",
    source="Aeberhard, Forina (1992). Wine. UCI; as shipped with scikit-learn (load_wine)",
    licence="CC BY 4.0",
    about="Chemical measurements of Italian wines on very different scales.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The 178 wines."""
    from sklearn.datasets import load_wine

    from nna.data.bundled import classified

    return classified(load_wine(as_frame=True), DATASET)
