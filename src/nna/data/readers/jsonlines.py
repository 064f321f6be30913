"""JSON lines: an object a line, its keys the columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna.data.readers import encodings, memory
from nna.data.readers.sheet import Draw, ReadOptions, Sheet, check_names
from nna.errors import UserError

PIECE = 100_000  # rows
LONGEST = 1 << 24  # bytes of a line that is looked at to know what a file holds
_HALF = re.compile("[\ud800-\udfff]")  # what no encoding can write


def read(path: Path, options: ReadOptions) -> Sheet:
    """Read a table; a key that a line lacks is a missing value, and that is told.

    Raises:
        UserError: a line that is no object of plain values, a key twice in one, or no rows.
        OSError: the file can't be opened.
    """
    if options.max_samples is None:
        memory.check(path)
    drawn, columns = Draw[tuple[int, dict[str, Any]]](options), dict[str, None]()
    with encodings.text(path, options.encoding) as (file, notes):
        for number, line in enumerate(file, 1):
            if line.strip():
                record = _row(path, number, line)
                columns |= dict.fromkeys(record)
                drawn.add((number, record))
    if not columns:
        raise UserError(f"{path}: no rows")
    check_names(path, [name.strip() for name in columns])
    gaps = sum(len(record) < len(columns) for _, record in drawn.rows)
    if gaps:
        notes.append(f"{gaps:,} rows lack some of the {len(columns)} keys: missing values")
    frame = _frame([record for _, record in drawn.rows], options, [*columns])
    lines = np.array([number for number, _ in drawn.rows])
    notes += options.notes(len(lines), drawn.seen)
    return Sheet(path, frame, lines, total=drawn.seen, notes=tuple(notes))


def records(path: Path, encoding: str | None = None) -> tuple[dict[int, dict[str, Any]], list[str]]:
    """The objects of a file by their lines, whatever they hold, and what reading decided.

    Raises:
        UserError: a line that is no object, a key twice in one, or no line.
        OSError: the file can't be opened.
    """
    memory.check(path)
    with encodings.text(path, encoding) as (file, notes):
        lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
        found = {number: _record(path, number, line) for number, line in lines}
    if not found:
        raise UserError(f"{path}: no rows")
    return found, notes


def pieces(path: Path, options: ReadOptions) -> Iterator[pd.DataFrame]:
    """The rows of a file that `read` accepts, a hundred thousand at a time."""
    with encodings.text(path, options.encoding) as (file, _):
        lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
        while some := [_row(path, number, line) for number, line in islice(lines, PIECE)]:
            yield _frame(some, options, [*dict.fromkeys(key for record in some for key in record)])


def _frame(records: list[dict[str, Any]], options: ReadOptions, keys: list[str]) -> pd.DataFrame:
    """Records as rows: what every value was in its line, where it is to stay verbatim."""
    frame = pd.DataFrame.from_records(records, columns=keys)
    for key in keys:
        if options.verbatim(key.strip()):  # whole numbers beside gaps would be rounded
            frame[key] = pd.Series([record.get(key) for record in records], dtype=object)
    return frame.rename(columns=str.strip)


def _record(path: Path, number: int, line: str) -> dict[str, Any]:
    """What a line holds."""

    def plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise UserError(f"{path}, line {number}: a key stands twice: name each differently")
        return found

    try:
        record = json.loads(line, object_pairs_hook=plain)
    except (ValueError, RecursionError) as error:  # also whole numbers of thousands of digits
        why = str(error).split(";")[0]
        raise UserError(f"{path}, line {number}: no JSON ({why}): one object a line") from error
    if not isinstance(record, dict):
        raise UserError(f"{path}, line {number}: no object; each line must be one: {{...}}")
    if "\\u" in line and _HALF.search("".join(_letters(record))):
        raise UserError(f"{path}, line {number}: half a letter (\\ud800 to \\udfff alone): mend it")
    return record


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    """What a line holds, as a row of a table: a value a column."""
    record = _record(path, number, line)
    for key, value in record.items():
        if isinstance(value, list | dict):
            held = "a list" if isinstance(value, list) else "an object"
            raise UserError(
                f"{path}, line {number}: {key!r} holds {held}; a table has one value a column: "
                "make it several keys"
            )
    return record


def _letters(record: dict[str, Any]) -> Iterator[str]:
    left: list[Any] = [record]
    while left:
        held = left.pop()
        if isinstance(held, dict):
            yield from held
            left += held.values()
        elif isinstance(held, list):
            left += held
        elif isinstance(held, str):
            yield held
