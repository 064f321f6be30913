"""Tables that scikit-learn ships with, as examples."""

from __future__ import annotations

from typing import Any

import numpy as np

from nna.data.catalog import Dataset
from nna.data.examples import Examples


def classified(bunch: Any, dataset: Dataset) -> Examples:
    """A table with classes, as scikit-learn's loaders give it (`as_frame=True`)."""
    return Examples.of(
        task=dataset.task,
        port=dataset.port,
        x=bunch.data,
        y=bunch.target.to_numpy(dtype=np.int64),
        classes=tuple(map(str, bunch.target_names)),
    )
