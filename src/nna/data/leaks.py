"""Columns that give the target away."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

ROWS = 5000  # as many as are looked at
LEFT = 0.02  # share of the target's uncertainty that a leak leaves, at the most


def find(frame: pd.DataFrame, y: np.ndarray, classes: bool) -> dict[str, float]:
    """Columns from which alone a decision tree tells the target of rows that it has not seen.

    Args:
        frame: the features; values may be missing.
        y: class numbers, or numbers to predict, one a row.
        classes: which of the two.

    Returns:
        Column to share of unseen rows told right, or of the variance explained.
    """
    drawn = np.random.default_rng(0).permutation(len(frame))[:ROWS]
    found = {}
    for name in frame.columns:
        column = pd.Series(frame[name]).iloc[drawn]
        if not is_numeric_dtype(column):
            column = pd.Series(np.where(column.isna(), np.nan, pd.factorize(column)[0]))
        values = column.to_numpy(dtype=float)
        known = np.isfinite(values)
        told = _told(values[known, None], y[drawn][known], classes)
        if told is not None:
            found[str(name)] = told
    return found


def _told(x: np.ndarray, y: np.ndarray, classes: bool) -> float | None:
    """What a tree tells of the target by one column; None where that is no leak."""
    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    if len(y) < 10 or len(np.unique(y)) < 2 or len(np.unique(x)) < 2:
        return None
    tree = (DecisionTreeClassifier if classes else DecisionTreeRegressor)(random_state=0)
    guess = cross_val_predict(tree, x, y, cv=KFold(3, shuffle=True, random_state=0))
    if classes:
        missed, chance = np.mean(guess != y), 1 - np.bincount(y).max() / len(y)
        return float(1 - missed) if missed <= LEFT * chance else None
    left = np.mean((guess - y) ** 2) / np.var(y)
    return float(1 - left) if left <= LEFT else None
