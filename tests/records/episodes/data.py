"""Episodes of three classes that are new each time."""

import numpy as np

from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.ports import Field
from nna.spec import Series, Tokens

WAYS, SHOTS, ASKED = 3, 2, 5
DATASET = Dataset(
    title="Episodes",
    task="episodes",  # type: ignore[arg-type]
    port=Series(channels=4, steps=WAYS * SHOTS),
    rows=200,
    origin="generated",
    source="here",
    licence="none",
    about="Points around three centres, told apart by two of four numbers.",
)


def load(data_dir=None) -> Examples:
    """Known examples with their classes, and examples to be named."""
    draw = np.random.default_rng(0)
    n = DATASET.rows
    centres = draw.normal(0, 2, (n, WAYS, 4)) * [1, 1, 0, 0]
    label = np.tile(np.repeat(np.arange(WAYS), SHOTS), (n, 1))
    asked = draw.integers(WAYS, size=(n, ASKED))
    places = np.arange(n)[:, None]
    support = centres[places, label] + draw.normal(size=(n, WAYS * SHOTS, 4)) * [0.3, 0.3, 3, 3]
    query = centres[places, asked] + draw.normal(size=(n, ASKED, 4)) * [0.3, 0.3, 3, 3]
    inputs = {
        "support": Field(DATASET.port, support.astype(np.float32)),
        "label": Field(Tokens(vocab=WAYS, length=WAYS * SHOTS), label),
        "query": Field(Series(channels=4, steps=ASKED), query.astype(np.float32)),
    }
    return Examples(task=DATASET.task, inputs=inputs, targets={"y": asked}, scaled=True)
