"""Tables as examples: a target, features, and nothing missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from nna.data import targets
from nna.data.examples import Examples
from nna.data.sheets import MISSING, Sheet
from nna.errors import UserError, nearest
from nna.spec import Table, Task

TARGETS = ("target", "label", "class", "y")  # names that say it themselves
LARGEST = float(np.finfo(np.float32).max)
WIDEST = 1000  # different words a column: each becomes a column of its own


def examples(sheet: Sheet, target: str | None, task: Task | None) -> Examples:
    """The rows of a table as examples; all columns but the target are features.

    Args:
        sheet: the table.
        target: the column to predict; without it, the one called target, label, class or y.
        task: "classification", "regression", one that needs no target, or None: as it looks.

    Raises:
        UserError: no such target, values missing or infinite, nothing to learn or learn from.
    """
    frame, path = sheet.frame, sheet.path
    name = target_of(sheet, target) if target or task not in targets.UNSUPERVISED else None
    x = frame if name is None else frame.drop(columns=name)
    if not len(x.columns):
        raise UserError(f"{path}: column {name!r} alone: there is nothing to predict it from")
    whole(sheet)
    notes = [note for column in x.columns for note in _words(sheet, str(column))]
    port = Table(features=len(x.columns))
    if name is None:
        notes.insert(0, f"no target: all {len(x.columns)} columns are features")
        return Examples(task=task or "reconstruction", port=port, x=x, notes=tuple(notes))
    found = targets.read(
        pd.Series(frame[name]).to_numpy(), task, f"{path}: column {name!r}", sheet.where
    )
    return Examples(
        task=found.task,
        port=port,
        x=x,
        y=found.y,
        classes=found.classes,
        notes=(f"column {name!r}: {found.note}", *notes),
    )


def target_of(sheet: Sheet, target: str | None) -> str:
    """The column to predict: the one named, else the one called target, label, class or y.

    Raises:
        UserError: no such column, or none or several that could be it.
    """
    columns = tuple(map(str, sheet.frame.columns))
    if target in columns:
        return target
    if target is not None:
        near = nearest(target, columns, f"nna data profile {sheet.path}")
        raise UserError(f"{sheet.path} has no column {target!r}; {near}")
    some = ", ".join(columns[:12]) + (f" and {len(columns) - 12} more" if len(columns) > 12 else "")
    named = [column for column in columns if column.lower() in TARGETS]
    if len(named) != 1:
        which = f"any of {', '.join(named)} could be it" if named else f"the columns are: {some}"
        raise UserError(f"{sheet.path}: which column is the target? Say --target NAME; {which}")
    return named[0]


def whole(sheet: Sheet) -> None:
    """Refuse missing values, infinite ones, and those beyond what a model's numbers hold.

    Raises:
        UserError: there are such; says in which columns and lines.
    """
    missing, wild = {}, {}
    words = ", ".join(word or "empty" for word in MISSING)
    for name in sheet.frame.columns:
        column = pd.Series(sheet.frame[name])
        missing[name] = np.flatnonzero(column.isna().to_numpy(dtype=bool))
        if is_numeric_dtype(column):
            wild[name] = np.flatnonzero(column.abs().gt(LARGEST).fillna(False).to_numpy(dtype=bool))
    for bad, what, mend in (
        (missing, f"missing ({words})", "fill them in, or leave out the rows or the column"),
        (wild, "infinite or too large", "mend them, or leave out the rows"),
    ):
        if total := sum(map(len, bad.values())):
            places = [_places(sheet, name, rows) for name, rows in bad.items() if len(rows)]
            more = f" and {len(places) - 3} more columns" if len(places) > 3 else ""
            raise UserError(
                f"{sheet.path}: {total:,} values {what}: {'; '.join(places[:3])}{more}: {mend}"
            )


def _places(sheet: Sheet, name: str, rows: np.ndarray) -> str:
    more = f" and {len(rows) - 3:,} more" if len(rows) > 3 else ""
    return f"column {name!r}, {sheet.where(*rows[:3])}{more}"


def _words(sheet: Sheet, name: str) -> list[str]:
    """What is to be said of a column of words; refuse one that would be too wide."""
    column = pd.Series(sheet.frame[name])
    if is_numeric_dtype(column):
        return []
    different = column.unique().astype(str)
    if len(different) > WIDEST:
        raise UserError(
            f"{sheet.path}: column {name!r} holds {len(different):,} different words and each "
            f"would become a column; {WIDEST:,} are the most: leave it out, or group them"
        )
    none = different[np.isnan(targets.numbers(different))]
    if len(none) in (0, len(different)):
        return []
    row = int(np.flatnonzero(column == none[0])[0])
    return [
        f"column {name!r} mixes numbers and words ({sheet.where(row)}: {str(none[0])!r}): all "
        "taken as words"
    ]
