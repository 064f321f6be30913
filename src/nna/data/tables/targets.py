"""Decide what a column asks for: one of some classes, or a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from nna import tasks
from nna.data.columns import date_parsing
from nna.data.columns.numbers import Style, example, parse, style_of
from nna.data.columns.one_hot import as_words
from nna.errors import UserError

LARGEST = 1e100  # number to predict: its square, and sums of squares, are numbers still
MANY = 20  # different whole numbers above which they are amounts, not names of classes


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be predicted, and what was decided."""

    task: tasks.Task
    y: np.ndarray  # class numbers, or numbers to predict
    classes: tuple[str, ...]
    note: str


def read(  # noqa: PLR0913 - one argument a thing that decides
    values: pd.Series,
    task: tasks.Task | None,
    what: str,
    where: Callable[..., str],
    style: Style | None = None,
    learnt: bool = False,
) -> Target:
    """Classes or numbers, as `task` says; without one, as the values look.

    Words are classes, unless they write numbers. Numbers are to be predicted as numbers where some
    have fractions or where more than 20 (or half as many as rows) differ; else they are classes,
    called as they are written.

    Args:
        values: one value a row, none missing: numbers, truth values or words.
        task: "classification", "regression", one that needs no target, or None.
        what: the values' name, for messages: "column 'price'".
        where: from a row's number to its place: "line 7".
        style: how words write numbers; None: as they look.
        learnt: whether they are compared with answers, of which one class may be enough.

    Raises:
        UserError: one class only, no spread, or words or dates where numbers are due.
    """
    wanted = task if task and task.supervised else None
    if wanted and not wanted.in_column:
        raise UserError(f"{what}: rows with a target are not for {task}")
    of_numbers = wanted is not None and wanted.numeric
    open_ = wanted is None or of_numbers  # whether they may be numbers
    if open_ and _dates(values):
        raise UserError(f"{what} holds dates: make numbers of what you want to know (days to go?)")
    array, read_as = _plain(values, style)
    if array is not None and (of_numbers or (open_ and _continuous(array))):
        y, classes, note = _numbers(array, what, where, learnt)
        return Target(task or tasks.get("regression"), y, classes, note + read_as)
    words = as_words(values).to_numpy(dtype=object).astype(str)
    if open_ and array is None:
        _no_words(words, wanted, what, where)
    y, classes, note = _classes(words, array, what, learnt)
    return Target(task or tasks.get("classification"), y, classes, note)


def _dates(values: pd.Series) -> bool:
    """Whether a column holds dates, which are no amounts and no names of classes."""
    if is_numeric_dtype(values) or style_of(values) is not None:
        return False
    return date_parsing.find(values) is not None


def _plain(values: pd.Series, style: Style | None) -> tuple[np.ndarray | None, str]:
    """Numbers where all values are, or write, some; and a word on how words were read."""
    style = style or style_of(values)
    if style in (None, "truth"):
        return None, ""
    found = parse(values, style)
    if np.isnan(found).any():
        return None, ""
    read_as = example(values, style)
    return found, f"; words read as numbers ({read_as[0]!r} as {read_as[1]:g})" if read_as else ""


def numbers(words: np.ndarray) -> np.ndarray:
    """Words as numbers; what is none becomes NaN."""
    return np.asarray(pd.to_numeric(pd.Series(words), errors="coerce"), dtype=float)


def called(name: str, classes: Sequence[str]) -> str:
    """The class that a word means: the one called so, else the only one that writes the same."""
    if name in classes:
        return name
    like = [one for one in classes if _value(one) == _value(name)]
    return like[0] if len(like) == 1 else name


def _value(word: str) -> float | str:
    """A number, a truth value or a word, however it is written."""
    number = float(numbers(np.array([word]))[0])
    return word.strip().lower() if np.isnan(number) else number


def _continuous(values: np.ndarray) -> bool:
    with np.errstate(invalid="ignore"):
        parts = values % 1
    return bool(np.any(parts != 0)) or len(np.unique(values)) > min(MANY, len(values) // 2)


def _numbers(
    values: np.ndarray, what: str, where: Callable[..., str], learnt: bool
) -> tuple[np.ndarray, tuple[str, ...], str]:
    y = values.astype(np.float64)
    if len(beyond := np.flatnonzero(~(np.abs(y) <= LARGEST))):
        many = f"{len(beyond):,} values infinite or larger than {LARGEST:g}"
        raise UserError(f"{what}: {many}, {where(*beyond)}: mend them, or leave out the rows")
    different = len(np.unique(y))
    if different == 1 and not learnt:
        raise UserError(f"{what} is {y[0]:g} in every row: there is nothing to predict")
    if different > 1 and np.ptp(y) < 1 / LARGEST:
        raise UserError(f"{what}: values that differ by {np.ptp(y):g} at most: choose another unit")
    return y, (), f"{different:,} different numbers to predict (--task classification: as classes)"


def _classes(
    words: np.ndarray, values: np.ndarray | None, what: str, learnt: bool
) -> tuple[np.ndarray, tuple[str, ...], str]:
    """The number of each row's class; classes in the order of their numbers, if they are some."""
    found, first, y = np.unique(words, return_index=True, return_inverse=True)
    note = " (--task regression: as numbers)" if values is not None else ""
    if values is not None:
        of = values[first]
        order = np.lexsort((found, of))
        y, found = np.argsort(order)[y], found[order]
        if len(np.unique(of)) < len(of):
            place = int(np.flatnonzero(np.diff(of[order]) == 0)[0])
            one, other = map(str, found[place : place + 2])
            note += f"; {one!r} and {other!r} are two, though one number"
    names = tuple(map(str, found))
    if len(names) == 1 and not learnt:
        raise UserError(f"{what}: only one class, {names[0]!r}: there is nothing to tell apart")
    return y.astype(np.int64), names, f"{len(names)} classes{note}"


def _no_words(
    words: np.ndarray, task: tasks.Task | None, what: str, where: Callable[..., str]
) -> None:
    """Refuse words where numbers are due, or where they stand among what seem to be amounts."""
    read_as = numbers(words)
    bad = np.flatnonzero(np.isnan(read_as))
    if not len(bad):
        return
    seen = f"{what}, {where(int(bad[0]))}: {str(words[bad[0]])!r} is no number"
    if task and task.numeric:
        raise UserError(f"{seen}, and {task} needs numbers")
    known = read_as[~np.isnan(read_as)]
    if 2 * len(known) >= len(words) and _continuous(known):
        raise UserError(f"{seen}, most others are: mend it, or say --task classification")
