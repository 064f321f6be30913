"""Users with an age and a taste, things with a price and a sort: who likes what."""

import numpy as np
import pandas as pd

from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.ports import Field
from nna.spec import Table

DATASET = Dataset(
    title="Likes",
    task="classification",
    port=Table(features=2),
    rows=400,
    origin="generated",
    source="here",
    licence="none",
    about="A user likes what is of their taste, if they can pay for it.",
)


def load(data_dir=None) -> Examples:
    """Two tables, a row of each an example."""
    draw = np.random.default_rng(0)
    sorts, n = np.array(["sweet", "sour", "salty"]), DATASET.rows
    taste, sort = draw.choice(sorts, n), draw.choice(sorts, n)
    age, price = draw.uniform(10, 90, n), draw.uniform(1, 9, n)
    user = pd.DataFrame({"age": age, "taste": taste})
    thing = pd.DataFrame({"price": price, "sort": sort})
    likes = ((taste == sort) & (price < age / 10)).astype(np.int64)
    inputs = {
        "user": Field(Table(features=2), user),
        "thing": Field(Table(features=2), thing),
    }
    return Examples(
        task="classification", inputs=inputs, targets={"y": likes}, classes=("no", "yes")
    )
