"""Columns that give the target away: alone, of another row, or by having seen all rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nna.data.profiling.encoded import Coded
from nna.data.splits import stratified

ROWS = 5000  # as many as are looked at
LEFT = 0.02  # share of the target's uncertainty that a leak leaves, at the most
WIDE = 200  # columns from which only those that tell something in a first look get a second
FEW = 1000  # rows of the first look
FAR = 30  # rows apart, up to which a column is compared with the target
EXACT = 1 - 1e-9  # correlation from which one column is another, scaled and shifted
CLOSE = 1e-4  # distance of a mean from 0 and of a spread from 1 that rounding explains


@dataclass(frozen=True, slots=True)
class Predictive:
    """What one column alone tells of the target of rows that it has not seen."""

    share: float  # of what is uncertain: 0 as good as guessing, 1 all
    copy: bool  # the target in another form: rising or falling with it, or a word for each class

    @property
    def leak(self) -> bool:
        """Whether the column (nearly) gives the target away."""
        return self.share >= 1 - LEFT


def alone(table: Coded, y: np.ndarray, classes: bool) -> dict[str, Predictive]:
    """What each column tells a decision tree of the target of rows that it has not seen.

    Args:
        table: the features; values may be missing.
        y: class numbers, or numbers to predict, one a row.
        classes: which of the two.
    """
    drawn = np.random.default_rng(0).permutation(len(y))[:ROWS]
    places = np.arange(len(table.names))
    if len(places) > WIDE:
        few = drawn[:FEW]
        places = np.flatnonzero(_uneasy(table.values[few], y[few], classes) < 0.5)
    told = {table.names[i]: _told(table.values[drawn, i], y[drawn], classes) for i in places}
    return {name: of for name, of in told.items() if of is not None}


def _uneasy(x: np.ndarray, y: np.ndarray, classes: bool) -> np.ndarray:
    """How much neighbours in each column differ in the target, as a share of what any two do.

    Source for numbers: the ratio of von Neumann 1941.
    """
    sorted_y = y[np.argsort(x, axis=0, kind="stable")]
    if classes:
        shares = np.bincount(y) / len(y)
        return (np.diff(sorted_y, axis=0) != 0).mean(0) / max(1 - (shares**2).sum(), 1e-12)
    return (np.diff(sorted_y, axis=0) ** 2).mean(0) / max(2 * float(np.var(y)), 1e-300)


def _told(x: np.ndarray, y: np.ndarray, classes: bool) -> Predictive | None:
    """None where there is too little to learn from."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    known = np.isfinite(x)
    x, y = x[known, None], y[known]
    different = len(np.unique(y))
    if len(y) < 10 or different < 2 or len(np.unique(x)) < 2:
        return None
    if classes and 2 * different > len(y):
        return None
    guess = np.empty(len(y))
    for learnt, asked in stratified.folds(len(x), 3, seed=0):
        tree = (DecisionTreeClassifier if classes else DecisionTreeRegressor)(random_state=0)
        guess[asked] = tree.fit(x[learnt], y[learnt]).predict(x[asked])
    if classes:
        missed, chance = float(np.mean(guess != y)), 1 - np.bincount(y).max() / len(y)
    else:
        missed, chance = float(np.mean((guess - y) ** 2)), float(np.var(y))
    return Predictive(max(0.0, 1 - missed / chance), _copies(x[:, 0], y, classes))


def _copies(x: np.ndarray, y: np.ndarray, classes: bool) -> bool:
    """Whether a column is the target in other words, or rises (or falls) with it throughout."""
    from scipy.stats import rankdata

    if not classes:
        return bool(abs(np.corrcoef(rankdata(x), rankdata(y))[0, 1]) >= EXACT)
    pairs = len(np.unique(np.stack([x, y], axis=1), axis=0))
    return pairs == len(np.unique(x)) == len(np.unique(y))


def shifted(table: Coded, y: np.ndarray) -> dict[str, int]:
    """Columns that hold the target of another row: how many rows later it stands.

    Args:
        table: the features, in the order of their file.
        y: class numbers, or numbers to predict, one a row.

    Returns:
        Column to rows: above 0 the column knows what comes, below 0 it repeats what came.
    """
    x, y = table.values[:ROWS], y[:ROWS].astype(float)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        level = np.nan_to_num(_centred(x), posinf=0, neginf=0)
        own = _centred(y[:, None])[:, 0]
        size = np.sqrt((level**2).sum(0) * (own**2).sum())
    found: dict[str, int] = {}
    for rows in (step * sign for step in range(1, min(FAR, len(y) - 1) + 1) for sign in (1, -1)):
        early, late = slice(None, -abs(rows)), slice(abs(rows), None)
        ours, theirs = (early, late) if rows > 0 else (late, early)
        alike = np.abs(own[theirs] @ level[ours]) > 0.5 * size
        for place in np.flatnonzero(alike & (size > 0)):
            if _same(x[ours, place], y[theirs]):
                found.setdefault(table.names[place], rows)
    return found


def _centred(x: np.ndarray) -> np.ndarray:
    known = np.isfinite(x)
    mean = np.sum(x, axis=0, where=known) / np.maximum(known.sum(0), 1)
    return np.where(known, x - mean, 0.0)


def _same(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether one is the other but for scale and origin, of thirty values at least that vary."""
    known = np.isfinite(x)
    if known.sum() < 30 or np.ptp(x[known]) == 0 or np.ptp(y[known]) == 0:
        return False
    return bool(abs(np.corrcoef(x[known], y[known])[0, 1]) >= EXACT)


def scaled(table: Coded) -> list[str]:
    """Columns of mean 0 and spread 1 over all rows: scaled before they were split."""
    x, found = table.values, list[str]()
    known = np.isfinite(x)
    count = np.maximum(known.sum(0), 2)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.sum(x, axis=0, where=known) / count
        squares = np.sum(_centred(x) ** 2, axis=0)
        close = [np.abs(np.sqrt(squares / (count - less)) - 1) < CLOSE for less in (0, 1)]
    for place in np.flatnonzero((np.abs(mean) < CLOSE) & (close[0] | close[1])):
        if len(np.unique(x[known[:, place], place])) > 2 and not table.wordy[place]:
            found.append(table.names[place])
    return found
