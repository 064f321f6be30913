"""Who learns from which rows and is asked about which: the same for every contender."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nna.errors import UserError


@dataclass(frozen=True, slots=True)
class Fold:
    """The rows to learn from and those to answer for, by number; no row is in both."""

    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What is known of the rows for parting them."""

    count: int
    classes: np.ndarray | None = None  # class number of each, where classes are predicted
    groups: np.ndarray | None = None  # rows of one group (a patient, a machine) stay together
    times: np.ndarray | None = None  # rows are asked about only by models that know earlier ones


def parted(rows: Rows, count: int, seed: int) -> list[Fold]:
    """Cut the rows: forward in time, by groups, or drawn with each class its share.

    Args:
        rows: what is known of them.
        count: of folds.
        seed: decides what is drawn; time needs no chance.

    Raises:
        UserError: too few rows, groups or examples of a class for so many folds.
    """
    from sklearn import model_selection as ways

    if count < 2:
        raise UserError(f"--folds {count}: two are the least, so that every row is asked about")
    _enough(rows, count)
    blank = np.zeros(rows.count)
    if rows.times is not None:
        order = np.argsort(rows.times, kind="stable")
        cuts = ways.TimeSeriesSplit(count).split(order)
        return [_later(order, rows.times, np.asarray(a), np.asarray(b)) for a, b in cuts]
    stratified, grouped = rows.classes is not None, rows.groups is not None
    if grouped:
        way = ways.StratifiedGroupKFold if stratified else ways.GroupKFold
    else:
        way = ways.StratifiedKFold if stratified else ways.KFold
    cuts = way(count, shuffle=True, random_state=seed).split(blank, rows.classes, rows.groups)
    return [Fold(np.asarray(a), np.asarray(b)) for a, b in cuts]


def _later(order: np.ndarray, times: np.ndarray, early: np.ndarray, late: np.ndarray) -> Fold:
    """Rows of one moment never stand on both sides: what shares the first tested time goes."""
    test = order[late]
    train = order[early]
    return Fold(train[times[train] < times[test].min()], test)


def _enough(rows: Rows, count: int) -> None:
    if rows.count < 2 * count:
        fewer = "say --folds 2" if rows.count >= 4 and count > 2 else "bring more"
        raise UserError(f"{rows.count} rows are too few for {count} folds: {fewer}")
    if rows.classes is not None and rows.times is None:
        rarest = int(np.bincount(rows.classes).min())
        if rarest < count:
            fewer = f"say --folds {rarest}" if rarest > 1 else "bring more of it"
            raise UserError(
                f"too few for {count} folds, the rarest class has {rarest} rows: {fewer}, or leave "
                "the class out"
            )
    if rows.groups is not None and (found := len(np.unique(rows.groups))) < count:
        fewer = f"say --folds {found}" if found > 1 else "there must be two"
        raise UserError(f"{found} groups are too few for {count} folds: {fewer}")
