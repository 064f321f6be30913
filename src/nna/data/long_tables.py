"""Tables longer than memory: read part by part, each part as the whole would be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pandas.api.types import is_numeric_dtype

from nna.data import sheets
from nna.data.readers import separated
from nna.data.readers.sheet import Sheet
from nna.errors import UserError

LONG = 64_000_000  # bytes of a file; a shorter one is read at once


@dataclass(frozen=True, slots=True)
class LongTable:
    """What one look at a file tells of all its rows."""

    path: Path
    columns: tuple[str, ...]
    words: frozenset[str]  # columns that hold something else than numbers somewhere
    rows: int
    notes: tuple[str, ...]

    @classmethod
    def look(cls, path: Path) -> LongTable:
        """Look through a file; memory holds one part of it at a time.

        Raises:
            UserError: no table, damaged or ragged, as `sheets.read` says.
            OSError: the file can't be opened.
        """
        notes, records = sheets.check(path)
        columns, words, rows = dict[str, None](), set[str](), 0
        for frame in sheets.pieces(path):
            rows += len(frame)
            columns |= dict.fromkeys(map(str, frame.columns))
            words |= {str(name) for name in frame if not is_numeric_dtype(frame[name])}
        if records is not None:
            separated.check_rows(path, records, rows)
        if not rows:
            raise UserError(f"{path}: no rows")
        return cls(path, tuple(columns), frozenset(words), rows, tuple(notes))

    def parts(self) -> Iterator[Sheet]:
        """All rows, in their order."""
        start = 0
        for frame in sheets.pieces(self.path, self.words):
            rows = np.arange(start, start + len(frame))
            start += len(frame)
            frame = frame.reindex(columns=[*self.columns]).reset_index(drop=True)
            yield Sheet(self.path, frame, rows + 1, unit="row", total=self.rows)


def is_one(path: Path) -> bool:
    """Whether a file is a table so long that it is better read part by part."""
    return path.is_file() and sheets.kind(path) in sheets.STREAMED and path.stat().st_size > LONG
