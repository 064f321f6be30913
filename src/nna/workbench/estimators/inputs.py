"""What a user of scikit-learn passes as X, checked by its rules, as examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from nna.spec import Image, Input, Series, Table


def read(estimator: BaseEstimator, x: Any, first: bool) -> np.ndarray | pd.DataFrame:
    """A table of numbers, a frame with words or dates in it, or an array of more dimensions.

    Args:
        estimator: gets `n_features_in_` and `feature_names_in_`, or is asked for them.
        x: numbers as anything that NumPy reads, or a frame of pandas, polars or their like.
        first: whether this is what it is fitted on; else it must look like what that was.

    Raises:
        ValueError: no table, values missing or infinite, too few rows or columns, other columns
            or sizes than it was fitted on.
        TypeError: things that are neither numbers nor words, or a sparse matrix.
    """
    if (frame := _mixed(x)) is not None:
        validate_data(estimator, x, reset=first, skip_check_array=True)
        return frame
    return np.asarray(validate_data(estimator, x, reset=first, dtype="numeric", allow_nd=True))


def _mixed(x: Any) -> pd.DataFrame | None:
    """The frame, if it has columns that aren't numbers; None if an array can hold all."""
    if not hasattr(x, "columns"):
        return None
    frame = pd.DataFrame({name: np.asarray(x[name]) for name in x.columns})
    numeric = all(is_numeric_dtype(of) or is_bool_dtype(of) for of in frame.dtypes)
    return None if numeric else frame


def port_of(x: np.ndarray | pd.DataFrame, wanted: Input) -> tuple[np.ndarray | pd.DataFrame, Input]:
    """What X is, and X in the shape that goes with it.

    Two dimensions are a table; three are series `(n, steps, channels)`, or grey pictures `(n,
    height, width)` where the architecture `wanted` pictures; four are pictures `(n, channels,
    height, width)`.

    Raises:
        ValueError: more dimensions than that.
    """
    if x.ndim == 2:
        return x, Table(features=x.shape[1])
    x = np.asarray(x, dtype=np.float32)
    if x.ndim == 3 and wanted.kind == "image":
        x = x[:, None]
    if x.ndim == 3:
        return x, Series(channels=x.shape[2], steps=x.shape[1])
    if x.ndim == 4:
        side = min(x.shape[2:])
        return x, Image(channels=x.shape[1], size=side, min_size=side)
    raise ValueError(f"X has {x.ndim} dimensions; pictures have 4, series 3, tables 2")
