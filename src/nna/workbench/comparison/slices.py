"""Where the winner errs most: parts of the rows, by one column each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from nna.workbench.comparison import scores
from nna.workbench.comparison.comparison import Comparison
from nna.workbench.comparison.fold_fit import Field
from nna.workbench.formatting import short

LEAST = 20  # rows that a part needs to be shown
CUTS = 4  # parts of a column of numbers, equally full
SHOWN = 8


def worst(comparison: Comparison, name: str) -> list[dict[str, Any]]:
    """The parts with the greatest mean error of one candidate, over all tested rows.

    The error is the share of wrong classes, or the mean absolute error; rows are judged by the
    model of the fold in which they weren't learnt from.
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
                found.append(
                    {
                        "column": str(column),
                        "part": str(part),
                        "rows": int(inside.sum()),
                        "error": float(errors[inside].mean()),
                        "everywhere": everywhere,
                    }
                )
    found.sort(key=lambda one: -one["error"])
    return [one for one in found if one["error"] > everywhere][:SHOWN]


def _errors(comparison: Comparison, name: str) -> np.ndarray:
    """The error of each row; not a number where it was never tested."""
    errors = np.full(comparison.field.rows.count, np.nan)
    for fold, fit in zip(comparison.folds, comparison.results()[name], strict=True):
        answers, y = np.asarray(fit["answers"]), comparison.field.y[fold.test]
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
