"""Rows of one part that share nearly all their values with rows of another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nna.data.examples import Examples
from nna.data.profiling.encoded import Coded

ROWS = 400  # of a part that are compared with
AMONG = 4000  # of the other
FEWEST = 10  # training rows
COLUMNS = 60  # that are compared
MANY = 0.2  # share of the test rows from which it is told
LEAST = 4  # columns from which sharing nearly all of them says anything
NEARLY = 0.8  # share of the columns
CLOSE = 0.2  # of a column's spread: numbers so near count as shared
CHANCE = 0.1  # of two rows sharing a column's value, up to which it tells them apart
GAP = 3.0  # times as far as its near rows lies a row's next one, where rows come in clusters


def between(train: Examples, test: Examples, seed: int = 0) -> float | None:
    """The share of test rows of which some training rows seem to be repetitions.

    Such a training row shares at least four fifths of the test row's values (words alike, numbers
    within a fifth of the column's spread), and the rows come in clusters: the next training row
    beyond differs three times as much. Columns of few different values say little and are not
    counted.

    Args:
        train: rows of a table.
        test: rows of the same.
        seed: decides which rows and columns are compared, of many.

    Returns:
        None where the examples are no table, or fewer than four columns tell rows apart.
    """
    rows, tested = len(train), len(test)
    single = len(train.inputs) == 1 and train.behaviour.tabular
    if not single or rows < FEWEST or not tested:
        return None
    rng = np.random.default_rng(seed)
    known = train.take(np.sort(rng.permutation(rows)[:AMONG]))
    asked = test.take(np.sort(rng.permutation(tested)[:ROWS]))
    count = min(rows, AMONG)
    both = _stacked(known.x, asked.x)
    wide = np.sort(rng.permutation(both.shape[1])[:COLUMNS])
    both = both.iloc[:, wide] if isinstance(both, pd.DataFrame) else both[:, wide]
    table = Coded.of(known.changed(x=both))
    told = [k for k in range(len(table.names)) if _tells(table.values[:count, k])]
    if len(told) < LEAST:
        return None
    wordy, (first, others) = table.wordy[told], np.split(table.values[:, told], [count])
    spread = np.nanstd(first, axis=0)
    return float(np.mean([_repeated(first, row, spread, wordy) for row in others]))


def warning(share: float | None) -> str | None:
    """What is to be said of such a share; None: nothing."""
    if share is None or share < MANY:
        return None
    return (
        f"{share:.0%} of the test rows share nearly all their values with training rows, as if one "
        "thing had been measured several times: the test figure flatters; name the column that "
        "says whose a row is (--groups COLUMN)"
    )


def _stacked(
    one: np.ndarray | pd.DataFrame, other: np.ndarray | pd.DataFrame
) -> np.ndarray | pd.DataFrame:
    if isinstance(one, pd.DataFrame) and isinstance(other, pd.DataFrame):
        return pd.concat([one, other], ignore_index=True)
    return np.concatenate([np.asarray(one), np.asarray(other)])


def _tells(column: np.ndarray) -> bool:
    """Whether two rows seldom share a column's exact value."""
    known = column[~np.isnan(column)]
    if len(known) < 2:
        return False
    _, counts = np.unique(known, return_counts=True)
    return bool(np.ptp(known)) and float(((counts / len(known)) ** 2).sum()) <= CHANCE


def _repeated(known: np.ndarray, row: np.ndarray, spread: np.ndarray, wordy: np.ndarray) -> bool:
    gaps = np.abs(known - row)
    steps = np.where(wordy, (gaps > 0) * 1.0, gaps / np.where(spread > 0, spread, 1.0))
    steps = np.where(np.isnan(steps), 1.0, np.minimum(steps, 3.0))
    shared = int(np.ceil(NEARLY * steps.shape[1]))
    far = np.sort(np.sort(steps, axis=1)[:, shared - 1])  # the most that the nearest columns differ
    count = int((far <= CLOSE).sum())
    if not count or count > len(far) // 2:
        return False
    return bool(far[count] > GAP * far[count - 1])
