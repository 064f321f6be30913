"""Where the winner errs most: parts of the rows, by one column each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from nna.workbench.comparison import scores
from nna.workbench.comparison.comparison import Comparison
from nna.workbench.comparison.fold_fit import Field
from nna.workbench.comparison.results import complete
from nna.workbench.formatting import short

LEAST = 20  # rows that a part needs to be looked at
SURE = 0.05  # chance that anything is shown though errors are spread evenly
CUTS = 4  # parts of a column of numbers, equally full
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the rows by one column."""

    column: str
    part: str
    rows: int
    error: float
    everywhere: float  # the error over all rows
    chance: float  # that errors spread evenly show as much


def worst(comparison: Comparison, name: str) -> list[Slice]:
    """The parts with a greater mean error of one candidate than chance explains, worst first.

    The error is the share of wrong classes, or the mean absolute error; rows are judged by the
    model of the fold in which they weren't learnt from. Of many parts some err more by chance: a
    part's chance is that of Fisher's exact test (of numbers, of Mann and Whitney's) against all
    other rows, corrected by Holm's step-down for as many parts as were looked at.
    """
    errors = _errors(comparison, name)
    x = comparison.field.x
    if not isinstance(x, pd.DataFrame):
        if np.ndim(x) != 2:
            return []
        x = pd.DataFrame(x, columns=[f"column {i + 1}" for i in range(np.shape(x)[1])])
    known = np.isfinite(errors)
    everywhere = float(errors[known].mean())
    found = []
    for column in x.columns:
        parts = _parts(pd.Series(x[column]))
        for part in parts.dropna().unique():
            inside = known & (parts == part).to_numpy(dtype=bool)
            if inside.sum() >= LEAST:
                rows, error = int(inside.sum()), float(errors[inside].mean())
                chance = _chance(errors[inside], errors[known & ~inside])
                found.append(Slice(str(column), str(part), rows, error, everywhere, chance))
    found.sort(key=lambda one: one.chance)
    highest, sure = 0.0, list[Slice]()
    for rank, one in enumerate(found):
        highest = max(highest, min(1.0, (len(found) - rank) * one.chance))
        if highest <= SURE and one.error > everywhere:
            sure.append(replace(one, chance=highest))
    return sorted(sure, key=lambda one: -one.error)[:SHOWN]


def _chance(inside: np.ndarray, outside: np.ndarray) -> float:
    """How often rows drawn at random would err so much more than the others."""
    from scipy.stats import hypergeom, mannwhitneyu

    if not len(outside):
        return 1.0
    both = np.concatenate([inside, outside])
    if np.isin(both, (0, 1)).all():
        return float(hypergeom.sf(inside.sum() - 1, len(both), both.sum(), len(inside)))
    return float(mannwhitneyu(inside, outside, alternative="greater").pvalue)


def _errors(comparison: Comparison, name: str) -> np.ndarray:
    """The error of each row; not a number where it was never tested."""
    errors = np.full(comparison.field.rows.count, np.nan)
    fits = complete(comparison.results()[name]) or ()
    for fold, fit in zip(comparison.folds, fits, strict=True):
        answers, y = np.asarray(fit.answers), comparison.field.y[fold.test]
        wrong = _off(comparison.field.of(fit), answers, y)
        errors[fold.test] = wrong
    return errors


def _off(field: Field, answers: np.ndarray, y: np.ndarray) -> np.ndarray:
    return scores.named(answers, field.scoring) != y if field.classes else np.abs(answers - y)


def _parts(column: pd.Series) -> pd.Series:
    if is_bool_dtype(column) or not is_numeric_dtype(column):
        return column.astype(str)
    if column.nunique() <= CUTS:
        return column.map(lambda value: f"{value:g}", na_action="ignore")
    cut: Any = pd.qcut(column.where(np.isfinite(column)), CUTS, duplicates="drop")
    return cut.map(lambda span: f"{short(span.left)} to {short(span.right)}", na_action="ignore")
