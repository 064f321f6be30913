"""Tables as examples: a target, and features as they came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from nna import tasks
from nna.data import binary
from nna.data.columns import date_parsing
from nna.data.columns.numbers import beyond_float32, parse
from nna.data.columns.reading import Reading, Readings, Recorded, converted, decide
from nna.data.examples import Examples
from nna.data.readers.sheet import check_twice
from nna.data.readers.table_files import Sheet, bare
from nna.data.tables import targets
from nna.errors import UserError, nearest
from nna.spec import Table

TARGETS = ("target", "label", "class", "y")  # names that say it themselves
MOST = 5  # columns named in a note


def examples(
    sheet: Sheet,
    target: str | None,
    task: tasks.Task | None,
    recorded: Recorded | None = None,
    asked: Sequence[str] = (),
) -> Examples:
    """The rows of a table that have a target as examples; all other columns are features.

    Gaps and infinite numbers among the features stay, and are told: preparation fills them by what
    the training part shows.

    Args:
        sheet: the table.
        target: the column to predict; without it, the one called target, label, class or y.
        task: "classification", "regression", one that needs no target, or None: as it looks.
        asked: how columns write dates, where their values don't prove it; see
            `nna.data.columns.date_parsing`.
        recorded: how a run read its own table: values stay as they came, for its preparation; None:
            it is decided here.

    Raises:
        UserError: dates that can be read in two ways, no such target, nothing to learn or learn
            from.
    """
    path = sheet.path
    asks = task is None or task.supervised
    name = target_of(sheet, target) if target or asks else None
    if name is None and task and task.binary:
        return binary.rows(sheet)
    readings, unsure = ({}, []) if recorded else decide(sheet.frame, sheet.comma)
    if name is None:
        said = f"no target: all {len(sheet.frame.columns)} columns are features"
        x = sheet.frame if recorded else converted(sheet.frame, readings)
        return Examples.of(
            task=task or tasks.get("reconstruction"),
            port=Table(features=len(x.columns)),
            x=x,
            notes=(said, *sheet.notes, *unsure, *odd(sheet, sheet.frame, readings)),
            left_out=sheet.left_out,
            readings=readings,
            dates={} if recorded else _dates(sheet, x, asked),
        )
    if len(sheet.frame.columns) == 1:
        raise UserError(f"{path}: column {name!r} alone: there is nothing to predict it from")
    whole, gone = sheet, np.flatnonzero(sheet.frame[name].isna().to_numpy(dtype=bool))
    sheet = with_target(sheet, name)
    x = sheet.frame.drop(columns=name)
    style = recorded.target if recorded else readings[name].style
    values = pd.Series(sheet.frame[name])
    found = targets.read(
        values, task, f"{path}: column {name!r}", sheet.where, style, recorded is not None
    )
    return Examples.of(
        task=found.task,
        port=Table(features=len(x.columns)),
        x=x if recorded else converted(x, readings),
        y=found.y,
        classes=found.classes,
        notes=(
            f"column {name!r}: {found.note}",
            *sheet.notes,
            *unsure,
            *_gone(whole, name, gone),
            *odd(sheet, x, readings),
        ),
        left_out=(*sheet.left_out, *_gone(whole, name, gone, most=None)),
        dates={} if recorded else _dates(sheet, x, asked),
        readings=readings,
        style=None if found.classes else style,
    )


def _dates(sheet: Sheet, x: pd.DataFrame, asked: Sequence[str]) -> dict[str, str]:
    """The format of every column of dates, by all rows: a part of them may not prove it."""
    try:
        return date_parsing.of_columns(x, date_parsing.said(asked))
    except UserError as error:
        raise UserError(f"{sheet.path}: {error}") from error


def verbatim(target: str | None, task: tasks.Task | None) -> Callable[[str], bool]:
    """Which columns stay as written: those that may be the target, for the names of classes."""
    if target is not None:
        return lambda name: name == target
    asks = task is None or task.supervised
    return lambda name: asks and name.lower() in TARGETS


def of_frame(frame: pd.DataFrame) -> Sheet:
    """A frame in memory as a table: every column as it is, its index left out.

    Raises:
        UserError: no rows, or columns without a name of their own.
    """
    path = Path("the frame")
    if not len(frame):
        raise UserError(f"{path}: no rows")
    check_twice(path, [*map(str, frame.columns)])
    held = frame.set_axis([*map(str, frame.columns)], axis=1).reset_index(drop=True)
    rows = np.arange(1, len(held) + 1)
    return bare(Sheet(path, held, rows, unit="row", total=len(held)))


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


def odd(sheet: Sheet, x: pd.DataFrame, readings: Readings) -> list[str]:
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
            rows = np.flatnonzero(beyond_float32(column.to_numpy(dtype=float, na_value=np.nan)))
            if len(rows):
                notes.append(
                    f"column {name!r}: {len(rows):,} values infinite or too large, "
                    f"{sheet.where(*rows)}: taken as missing"
                )
        elif len(rows := _words_among_numbers(column, readings.get(str(name)))):
            notes.append(
                f"column {name!r} mixes numbers and words ({sheet.where(rows[0])}: "
                f"{str(column.iloc[rows[0]])!r})"
            )
    return notes


def _words_among_numbers(column: pd.Series, reading: Reading | None) -> np.ndarray:
    """The rows whose words are no numbers, of a column where some are."""
    known = column.notna().to_numpy(dtype=bool)
    if reading is None or is_datetime64_any_dtype(column):
        return np.zeros(0, dtype=int)
    none = known & np.isnan(parse(column, reading.style or "point"))
    return np.flatnonzero(none if none.sum() < known.sum() else np.zeros(len(none)))
