"""Decide what a column asks for: one of some classes, or a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nna.errors import UserError
from nna.spec import Task

UNSUPERVISED: tuple[Task, ...] = ("reconstruction", "generation", "density", "mapping")
MANY = 20  # different whole numbers above which they are amounts, not names of classes


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be predicted, and what was decided."""

    task: Task
    y: np.ndarray  # class numbers, or numbers to predict
    classes: tuple[str, ...]
    note: str


def read(values: np.ndarray, task: Task | None, what: str, where: Callable[[int], str]) -> Target:
    """Classes or numbers, as `task` says; without one, as the values look.

    Words are classes. Numbers are to be predicted as numbers where some have fractions or where
    more than 20 (or half as many as rows) differ; else they too are classes.

    Args:
        values: one value a row, none missing: numbers, truth values or words.
        task: "classification", "regression", one that needs no target, or None.
        what: the values' name, for messages: "column 'price'".
        where: from a row's number to its place: "line 7".

    Raises:
        UserError: one class only, no spread, or words where numbers are due.
    """
    wanted = None if task in UNSUPERVISED else task
    if wanted not in (None, "classification", "regression"):
        raise UserError(f"{what}: rows with a target are not for {task}")
    if values.dtype.kind in "uif":
        amounts = wanted == "regression" or (wanted is None and _continuous(values))
        y, classes, note = (_numbers if amounts else _classes)(values, what, where)
    else:
        words = values.astype(str)
        if wanted != "classification":
            _no_words(words, wanted, what, where)
        y, classes, note = _classes(words, what, where)
    decided: Task = "classification" if classes else "regression"
    return Target(task or decided, y, classes, note)


def numbers(words: np.ndarray) -> np.ndarray:
    """Words as numbers; what is none becomes NaN."""
    return np.asarray(pd.to_numeric(pd.Series(words), errors="coerce"), dtype=float)


def _continuous(values: np.ndarray) -> bool:
    return bool(np.any(values % 1 != 0)) or len(np.unique(values)) > min(MANY, len(values) // 2)


def _numbers(
    values: np.ndarray, what: str, where: Callable[[int], str]
) -> tuple[np.ndarray, tuple[str, ...], str]:
    with np.errstate(over="ignore"):
        y = values.astype(np.float32)
    if len(beyond := np.flatnonzero(~np.isfinite(y))):
        raise UserError(f"{what}, {where(int(beyond[0]))}: too large for 32 bits")
    different = len(np.unique(y))
    if different == 1:
        raise UserError(f"{what} is {y[0]:g} in every row: there is nothing to predict")
    return y, (), f"{different:,} different numbers to predict (--task classification: as classes)"


def _classes(
    values: np.ndarray, what: str, where: Callable[[int], str]
) -> tuple[np.ndarray, tuple[str, ...], str]:
    found, y = np.unique(values, return_inverse=True)
    names = tuple(f"{v:.15g}" if values.dtype.kind == "f" else str(v) for v in found)
    if len(names) == 1:
        raise UserError(f"{what}: only one class, {names[0]!r}: there is nothing to tell apart")
    other = " (--task regression: as numbers)" if values.dtype.kind in "uif" else ""
    return y.astype(np.int64), names, f"{len(names)} classes{other}"


def _no_words(words: np.ndarray, task: Task | None, what: str, where: Callable[[int], str]) -> None:
    """Refuse words where numbers are due, or where they stand among what seem to be amounts."""
    read_as = numbers(words)
    bad = np.flatnonzero(np.isnan(read_as))
    if not len(bad):
        return
    seen = f"{what}, {where(int(bad[0]))}: {str(words[bad[0]])!r} is no number"
    if task == "regression":
        raise UserError(f"{seen}, and regression needs numbers")
    known = read_as[~np.isnan(read_as)]
    if 2 * len(known) >= len(words) and _continuous(known):
        raise UserError(f"{seen}, most others are: mend it, or say --task classification")
