"""Who learns from which rows and is asked about which: the same for every contender."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from nna.errors import UserError
from nna.workbench.tournament.significance import LEAST


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
        raise UserError(
            f"--folds {count}: two are the least, so that every row is asked about, and {LEAST} "
            "to tell anyone apart"
        )
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
    cutting = way(count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a rare class isn't tested by every fold
        cuts = [*cutting.split(blank, rows.classes, rows.groups)]
    return [Fold(np.asarray(a), np.asarray(b)) for a, b in cuts]


def _later(order: np.ndarray, times: np.ndarray, early: np.ndarray, late: np.ndarray) -> Fold:
    """Rows of one moment never stand on both sides: what shares the first tested time goes."""
    test = order[late]
    train = order[early]
    return Fold(train[times[train] < times[test].min()], test)


def _enough(rows: Rows, count: int) -> None:
    if rows.count < 2 * count:
        fewer = _fewer(rows.count // 2, count, "bring more")
        raise UserError(f"{rows.count} rows are too few for {count} folds: {fewer}")
    if rows.classes is not None and rows.times is None:
        counts = np.bincount(rows.classes)
        if counts.min() < 2:  # so that every fold leaves one to learn from
            raise UserError(
                f"too few for {count} folds, the rarest class has {counts.min()} rows: bring more "
                "of it, or leave the class out"
            )
        if counts.max() < count:
            fewer = _fewer(int(counts.max()), count, "bring more")
            raise UserError(
                f"too few for {count} folds, no class has more than {counts.max()} rows: {fewer}"
            )
    if rows.groups is not None and (found := len(np.unique(rows.groups))) < count:
        fewer = _fewer(found, count, "bring more")
        raise UserError(f"{found} groups are too few for {count} folds: {fewer}")


def _fewer(able: int, count: int, otherwise: str) -> str:
    """What to do about too many folds; so few that they tell nothing apart are no advice."""
    return f"say --folds {able}" if LEAST <= able < count else otherwise
