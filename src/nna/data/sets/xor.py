"""XOR: the four corners of a square, the classes at opposite ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Table

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="XOR, four corners",
    task="classification",
    port=Table(features=2),
    rows=4,
    origin="generated",
    source="Minsky, Papert (1969). Perceptrons. MIT Press (parity of two inputs)",
    licence="none needed",
    about="Are two bits different? Four rows are the whole problem: training, validation and test "
    "parts each hold all four, so the figure says what can be represented, not what generalises.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The four corners."""
    import numpy as np

    from nna.data.examples import PARTS, Examples

    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32),
        y=np.array([0, 1, 1, 0], dtype=np.int64),
        classes=("same", "different"),
        parts={part: np.arange(4) for part in PARTS},
    )
