"""Tables as examples: a target, and features as they came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from nna.data import bits, dates, targets
from nna.data.columns.numbers import parse, style_of, wild
from nna.data.examples import Examples
from nna.data.sheets import Sheet
from nna.errors import UserError, nearest
from nna.spec import Table, Task

TARGETS = ("target", "label", "class", "y")  # names that say it themselves
MOST = 5  # columns named in a note


def examples(
    sheet: Sheet,
    target: str | None,
    task: Task | None,
    asked: Sequence[str] = (),
) -> Examples:
    """The rows of a table that have a target as examples; all other columns are features.

    Gaps and infinite numbers among the features stay, and are told: preparation fills them by what
    the training part shows.

    Args:
        sheet: the table.
        target: the column to predict; without it, the one called target, label, class or y.
        task: "classification", "regression", one that needs no target, or None: as it looks.
        asked: how columns write dates, where their values don't prove it; see `nna.data.dates`.

    Raises:
        UserError: dates that can be read in two ways, no such target, nothing to learn or learn
            from.
    """
    path = sheet.path
    name = target_of(sheet, target) if target or task not in targets.UNSUPERVISED else None
    if name is None and task == "density":
        return bits.rows(sheet)
    if name is None:
        x = sheet.frame
        said = f"no target: all {len(x.columns)} columns are features"
        notes = (said, *sheet.notes, *odd(sheet, x))
        port = Table(features=len(x.columns))
        return Examples(
            task=task or "reconstruction",
            port=port,
            x=x,
            notes=notes,
            left_out=sheet.left_out,
            dates=_dates(sheet, x, asked),
        )
    if len(sheet.frame.columns) == 1:
        raise UserError(f"{path}: column {name!r} alone: there is nothing to predict it from")
    whole, gone = sheet, np.flatnonzero(sheet.frame[name].isna().to_numpy(dtype=bool))
    sheet = with_target(sheet, name)
    x = sheet.frame.drop(columns=name)
    found = targets.read(
        pd.Series(sheet.frame[name]), task, f"{path}: column {name!r}", sheet.where
    )
    return Examples(
        task=found.task,
        port=Table(features=len(x.columns)),
        x=x,
        y=found.y,
        classes=found.classes,
        notes=(
            f"column {name!r}: {found.note}",
            *sheet.notes,
            *_gone(whole, name, gone),
            *odd(sheet, x),
        ),
        left_out=(*sheet.left_out, *_gone(whole, name, gone, most=None)),
        dates=_dates(sheet, x, asked),
    )


def _dates(sheet: Sheet, x: pd.DataFrame, asked: Sequence[str]) -> dict[str, str]:
    """The format of every column of dates, by all rows: a part of them may not prove it."""
    try:
        return dates.of_columns(x, dates.said(asked))
    except UserError as error:
        raise UserError(f"{sheet.path}: {error}") from error


def with_target(sheet: Sheet, name: str) -> Sheet:
    """The rows whose target is known.

    Raises:
        UserError: no row has one.
    """
    known = sheet.frame[name].notna().to_numpy(dtype=bool)
    if not known.any():
        raise UserError(f"{sheet.path}: column {name!r} holds no value: there is nothing to learn")
    return sheet if known.all() else sheet.take(np.flatnonzero(known))


def _gone(sheet: Sheet, name: str, rows: np.ndarray, most: int | None = 20) -> list[str]:
    """What is to be said of rows left out for lack of a target."""
    if not len(rows):
        return []
    where = sheet.where(*rows, most=most)
    return [f"left out: {len(rows):,} of {len(sheet.frame):,} rows, without {name!r}: {where}"]


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


def odd(sheet: Sheet, x: pd.DataFrame) -> list[str]:
    """Notes on values that are missing, infinite, or words among numbers."""
    holes = x.isna()
    count, notes = int(holes.to_numpy().sum()), []
    if count:
        columns = [str(name) for name in x.columns[holes.any().to_numpy()]]
        more = f" and {len(columns) - MOST:,} more" if len(columns) > MOST else ""
        listed = ", ".join(map(repr, columns[:MOST])) + more
        notes.append(f"{count:,} values missing, in {listed}")
    for name in x.columns:
        column = pd.Series(x[name])
        if is_numeric_dtype(column):
            rows = np.flatnonzero(wild(column.to_numpy(dtype=float, na_value=np.nan)))
            if len(rows):
                notes.append(
                    f"column {name!r}: {len(rows):,} values infinite or too large, "
                    f"{sheet.where(*rows)}: taken as missing"
                )
        elif len(rows := _words_among_numbers(column)):
            notes.append(
                f"column {name!r} mixes numbers and words ({sheet.where(rows[0])}: "
                f"{str(column.iloc[rows[0]])!r})"
            )
    return notes


def _words_among_numbers(column: pd.Series) -> np.ndarray:
    """The rows whose words are no numbers, of a column where some are."""
    known = column.notna().to_numpy(dtype=bool)
    if is_datetime64_any_dtype(column):
        return np.zeros(0, dtype=int)
    none = known & np.isnan(parse(column, style_of(column) or "point"))
    return np.flatnonzero(none if none.sum() < known.sum() else np.zeros(len(none)))
