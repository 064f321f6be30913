"""Who learns from which rows and is asked about which: the same for every candidate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nna.data.splits import stratified
from nna.data.splits.parts import dealt, stretches
from nna.errors import UserError
from nna.workbench.comparison.significance import LEAST


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


def into_folds(rows: Rows, count: int, seed: int) -> list[Fold]:
    """Cut the rows: forward in time, by groups, or drawn with each class its share.

    Forward in time, every fold asks about the stretch that follows all it learns from; rows of one
    moment never stand on both sides. By groups, no group stands on both sides. By both, a part of
    the groups is asked about in each fold, at all moments later than what is learnt of the others.

    Args:
        rows: what is known of them.
        count: of folds.
        seed: decides what is drawn; time needs no chance.

    Raises:
        UserError: too few rows, moments, groups or examples of a class for so many folds.
    """
    if count < 2:
        raise UserError(
            f"--folds {count}: two are the least, so that every row is asked about, and {LEAST} "
            "to tell anyone apart"
        )
    _enough(rows, count)
    found = [*_cut(rows, count, seed)]
    for number, fold in enumerate(found, 1):
        _fair(fold, rows, number, count)
    return found


def _cut(rows: Rows, count: int, seed: int) -> Iterator[Fold]:
    if rows.times is not None:
        stretch = stretches(rows.times, count)
        part = None if rows.groups is None else dealt(rows.groups, [1 / count] * count, seed)
        for number in range(count):
            if part is None:
                yield _fold(stretch <= number, stretch == number + 1)
            else:
                own = part == number
                yield _fold((stretch <= number) & ~own, (stretch > number) & own)
        return
    for train, test in stratified.folds(rows.count, count, seed, rows.classes, rows.groups):
        yield Fold(train, test)


def _fold(train: np.ndarray, test: np.ndarray) -> Fold:
    return Fold(np.flatnonzero(train), np.flatnonzero(test))


def _fair(fold: Fold, rows: Rows, number: int, count: int) -> None:
    """See that a fold has rows to learn from, of two classes, and rows to be asked about."""
    known = {"--time": rows.times, "--groups": rows.groups}
    by = [name for name, of in known.items() if of is not None]
    how = f" by {' and '.join(by)}" if by else ""
    fewer = "say fewer --folds" if count > 2 else "bring more rows"
    if len(by) == 2:
        fewer += ", or only one of --time and --groups"
    said = f"fold {number} of {count}{how}"
    if len(fold.train) < 2 or not len(fold.test):
        raise UserError(
            f"{said} has {len(fold.train)} rows to learn from and {len(fold.test)} to be asked "
            f"about: {fewer}"
        )
    if rows.classes is not None and len(np.unique(rows.classes[fold.train])) < 2:
        raise UserError(f"{said} has rows of one class alone to learn from: {fewer}")


def _enough(rows: Rows, count: int) -> None:
    if rows.count < 2 * count:
        fewer = _fewer(rows.count // 2, count, "bring more")
        raise UserError(f"{rows.count} rows are too few for {count} folds: {fewer}")
    if rows.times is not None and (moments := len(np.unique(rows.times))) <= count:
        fewer = _fewer(moments - 1, count, "bring more")
        raise UserError(f"{moments} different moments are too few for {count} folds: {fewer}")
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
