"""Rows drawn by chance, each class with its share: whatever parts rows without groups or times.

There are two ways to say how many. Parts of a run are drawn by a number of rows (`cut`), those of
an estimator by shares of each class, rounded down (`shares`); stored results hang on both.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from nna.errors import UserError

Labels = np.ndarray | None  # the class number of each row; None: there are no classes


def cut(rows: np.ndarray, size: int, labels: Labels, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw some of the rows, of each class its share and one at least; the others come first.

    Args:
        rows: their numbers.
        size: how many to draw.
        labels: of every row there is, by its number.
        seed: decides which.
    """
    from sklearn.model_selection import train_test_split

    by = None if labels is None else labels[rows]
    kept, drawn = map(
        np.asarray, train_test_split(rows, test_size=size, random_state=seed, stratify=by)
    )
    if labels is None:
        return kept, drawn
    # by its share a class of few rows gets none: one that the others can spare goes over
    lacking = np.setdiff1d(labels[kept], labels[drawn])
    over = [int(np.flatnonzero(labels[kept] == one)[0]) for one in lacking]
    return np.delete(kept, over), np.concatenate([drawn, kept[over]])


def thin(rows: np.ndarray, most: int, labels: Labels, seed: int) -> np.ndarray:
    """At most so many of the rows, of each class its share, in order.

    Args:
        rows: their numbers.
        most: of them.
        labels: of every row there is, by its number.
        seed: decides which.
    """
    if len(rows) <= most:
        return rows
    drawn = np.random.default_rng(seed).permutation(rows)
    of_class = pd.Series(np.zeros(len(drawn), int) if labels is None else labels[drawn])
    place = (of_class.groupby(of_class).cumcount() + 0.5) / of_class.map(of_class.value_counts())
    return np.sort(drawn[np.argsort(place.to_numpy(), kind="stable")[:most]])


def shares(
    labels: Labels, rows: int, wanted: Mapping[str, float], seed: int
) -> dict[str, np.ndarray]:
    """Rows for each share by its name, and under "train" the rest.

    Of each class its share is drawn, rounded down, so that every class is learnt.

    Args:
        labels: of each row.
        rows: how many there are.
        wanted: shares of them, by name.
        seed: decides which.

    Raises:
        UserError: a share that is none, or nothing would be left.
    """
    for name, share in wanted.items():
        if not 0 <= share < 1 or sum(wanted.values()) >= 1:
            raise UserError(f"{name} is {share}; it is a share of the rows, and some must be left")
    order = np.random.default_rng(seed).permutation(rows)
    of = np.zeros(rows, dtype=int) if labels is None else labels
    drawn: dict[str, list[np.ndarray]] = {name: [] for name in (*wanted, "train")}
    for one in np.unique(of):
        left = order[of[order] == one]
        counts = [int(share * len(left)) for share in wanted.values()]
        for name, rows_of in zip(drawn, np.split(left, np.cumsum(counts)), strict=True):
            drawn[name].append(rows_of)
    return {name: np.sort(np.concatenate(rows_of)) for name, rows_of in drawn.items()}


def folds(
    rows: int, count: int, seed: int, labels: Labels = None, groups: np.ndarray | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each fold the rows to learn from and those to be asked about; groups stay whole.

    Args:
        rows: how many there are.
        count: of folds.
        seed: decides which row is in which.
        labels: of each row.
        groups: the number of each row's group.
    """
    from sklearn import model_selection as ways

    if groups is not None:
        way = ways.GroupKFold if labels is None else ways.StratifiedGroupKFold
    else:
        way = ways.KFold if labels is None else ways.StratifiedKFold
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a rare class isn't tested by every fold
        cuts = [*way(count, shuffle=True, random_state=seed).split(np.zeros(rows), labels, groups)]
    for learnt, asked in cuts:
        yield np.asarray(learnt), np.asarray(asked)
