"""Points around a few places."""

import numpy as np

from nna.data import catalog
from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.spec import Table

DATASET = Dataset(
    title="Ring",
    task="generation",
    port=Table(features=2),
    rows=9600,
    origin="generated",
    source="here",
    licence="none",
    about="The ring of eight modes.",
)


def load(data_dir=None) -> Examples:
    """The library's own ring."""
    ring = catalog.load("ring")
    return ring.take(np.arange(0, len(ring), 12))
