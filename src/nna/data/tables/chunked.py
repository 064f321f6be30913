"""Tables longer than memory: read part by part, each part as the whole would be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nna.data.columns.reading import NOTHING, Recorded
from nna.data.readers import separated, table_files
from nna.data.readers.sheet import ReadOptions, Sheet
from nna.errors import UserError

LONG = 64_000_000  # bytes of a file; a shorter one is read at once


@dataclass(frozen=True, slots=True)
class LongTable:
    """What one look at a file tells of all its rows."""

    path: Path
    columns: tuple[str, ...]
    rows: int
    notes: tuple[str, ...]
    options: ReadOptions

    @classmethod
    def look(
        cls, path: Path, recorded: Recorded = NOTHING, encoding: str | None = None
    ) -> LongTable:
        """Look through a file; memory holds one part of it at a time.

        Args:
            path: the file.
            recorded: how the run that answers read its own table.
            encoding: of a file of text; None: it is found out.

        Raises:
            UserError: no table, damaged or ragged, as `sheets.read` says.
            OSError: the file can't be opened.
        """
        options = ReadOptions(verbatim=recorded.verbatim, recorded=True, encoding=encoding)
        notes, records = table_files.check(path, options)
        columns, rows = dict[str, None](), 0
        for frame in table_files.pieces(path, options):
            rows += len(frame)
            columns |= dict.fromkeys(map(str, frame.columns))
        if records is not None:
            separated.check_rows(path, records, rows)
        if not rows:
            raise UserError(f"{path}: no rows")
        return cls(path, tuple(columns), rows, tuple(notes), options)

    def parts(self) -> Iterator[Sheet]:
        """All rows, in their order."""
        start = 0
        for frame in table_files.pieces(self.path, self.options):
            rows = np.arange(start, start + len(frame))
            start += len(frame)
            frame = frame.reindex(columns=[*self.columns]).reset_index(drop=True)
            yield Sheet(self.path, frame, rows + 1, unit="row", total=self.rows)


def is_one(path: Path) -> bool:
    """Whether a file is a table so long that it is better read part by part."""
    return (
        path.is_file()
        and table_files.kind(path) in table_files.STREAMED
        and path.stat().st_size > LONG
    )
