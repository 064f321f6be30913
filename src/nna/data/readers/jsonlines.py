"""JSON lines: an object a line, its keys the columns."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna.data.readers import encodings, memory
from nna.data.readers.sheet import Draw, Sheet, Wish, check_names
from nna.errors import UserError

PIECE = 100_000  # rows


def read(path: Path, wish: Wish) -> Sheet:
    """Read a table; a key that a line lacks is a missing value, and that is told.

    Raises:
        UserError: a line that is no object of plain values, a key twice in one, or no rows.
        OSError: the file can't be opened.
    """
    encoding, notes = encodings.find(path)
    if wish.most is None:
        memory.check(path)
    drawn, columns, gaps = Draw[tuple[int, dict[str, Any]]](wish), dict[str, None](), 0
    with encodings.opened(path, encoding) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                record = _record(path, number, line)
                columns |= dict.fromkeys(record)
                drawn.add((number, record))
    if not columns:
        raise UserError(f"{path}: no rows")
    header = [name.strip() for name in columns]
    check_names(path, header)
    gaps = sum(len(record) < len(columns) for _, record in drawn.rows)
    if gaps:
        notes.append(f"{gaps:,} rows lack some of the {len(columns)} keys: missing values")
    frame = pd.DataFrame.from_records([record for _, record in drawn.rows], columns=[*columns])
    lines = np.array([number for number, _ in drawn.rows])
    notes += wish.notes(len(lines), drawn.seen)
    frame = frame.set_axis(header, axis=1)
    return Sheet(path, frame, lines, total=drawn.seen, notes=tuple(notes))


def pieces(path: Path, words: Collection[str] = ()) -> Iterator[pd.DataFrame]:
    """The rows of a file that `read` accepts, a hundred thousand at a time.

    Args:
        path: the file.
        words: columns to be kept as they are though all of a piece might be numbers.
    """
    encoding, _ = encodings.find(path)
    with encodings.opened(path, encoding) as file:
        lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
        while some := [_record(path, number, line) for number, line in islice(lines, PIECE)]:
            frame = pd.DataFrame.from_records(some)
            for key in frame.columns:
                if key.strip() in words:
                    frame[key] = pd.Series([record.get(key) for record in some], dtype=object)
            yield frame.rename(columns=str.strip)


def _record(path: Path, number: int, line: str) -> dict[str, Any]:
    """What a line holds."""

    def plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise UserError(f"{path}, line {number}: a key stands twice: name each differently")
        return found

    try:
        record = json.loads(line, object_pairs_hook=plain)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UserError(f"{path}, line {number}: no JSON ({error}): one object a line") from error
    if not isinstance(record, dict):
        raise UserError(f"{path}, line {number}: no object; each line must be one: {{...}}")
    for key, value in record.items():
        if isinstance(value, list | dict):
            held = "a list" if isinstance(value, list) else "an object"
            raise UserError(
                f"{path}, line {number}: {key!r} holds {held}; a table has one value a column: "
                "make it several keys"
            )
    return record
