"""Tables in files of every kind that is read."""

from __future__ import annotations

import dataclasses
import gzip
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_string_dtype

from nna.data.columns.reading import strip
from nna.data.readers import arrays, excel, jsonlines, memory, parquet, separated, texts
from nna.data.readers.encodings import PACKED
from nna.data.readers.sheet import MISSING, ReadOptions, Sheet
from nna.errors import UserError

__all__ = ["ENDINGS", "JSON_LINES", "Sheet", "bare", "check", "faults", "kind", "pieces", "read"]

JSON_LINES, BOOKS = (".jsonl", ".ndjson"), (".xlsx", ".xlsm")
STREAMED = (*separated.SEPARATORS, *JSON_LINES, ".parquet")  # read part by part
ENDINGS = (*STREAMED, *BOOKS)  # and some .npy


def kind(path: Path) -> str:
    """The ending that says what a file holds, packed or not: ".csv" of "data.csv.gz"."""
    ending = path.suffix.lower()
    inner = Path(path.stem).suffix.lower()
    return inner if ending in PACKED and inner in (*separated.SEPARATORS, *JSON_LINES) else ending


def read(path: Path, options: ReadOptions | None = None) -> Sheet:
    """Read a table; nothing in it is guessed, dropped or renamed without being told.

    Args:
        path: the file, whose ending says what it is, or a folder of texts.
        options: what is wanted of it; None: all.

    Raises:
        UserError: no table, damaged, ragged, of mixed encodings, no rows, columns without a name of
            their own, or more than memory holds.
        OSError: the file can't be opened.
    """
    options, ending = options or ReadOptions(), kind(path)
    with faults(path):
        if path.is_dir():
            sheet = texts.read(path, options)
        elif ending in separated.SEPARATORS:
            sheet = separated.read(path, ending, options)
        elif ending in JSON_LINES:
            sheet = jsonlines.read(path, options)
        elif ending in BOOKS:
            sheet = excel.read(path, options)
        else:
            sheet = (parquet if ending == ".parquet" else arrays).read(path, options)
    return bare(sheet)


def bare(sheet: Sheet) -> Sheet:
    """The same table, its words without blanks around them: what was stripped is told."""
    frame, stripped = _bare(sheet.frame, sheet.path)
    if not stripped:
        return sheet
    notes = [
        f"column {name!r}: {len(rows):,} values with blanks around them, "
        f"{sheet.where(*rows, most=3)}: read without"
        for name, rows in stripped.items()
    ]
    return dataclasses.replace(sheet, frame=frame, notes=(*sheet.notes, *notes))


def _bare(frame: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """A frame, its words without blanks around them, and the rows of each column that had some."""
    gaps = MISSING if kind(path) in (*separated.SEPARATORS, *BOOKS) else ()
    columns, stripped = dict[str, pd.Series](), dict[str, np.ndarray]()
    for name in frame.columns:
        column = pd.Series(frame[name])
        if column.dtype == object or is_string_dtype(column.dtype):
            bare, rows = strip(column, gaps)
            if len(rows):
                columns[name], stripped[name] = bare, rows
    return (frame.assign(**columns) if columns else frame), stripped


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Say in one line what is wrong with the bytes of a file."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: not {error.encoding} at byte {error.start}: save it as UTF-8"
        ) from error
    except MemoryError as error:
        raise UserError(f"{path}: needs more memory than there is: {memory.MEND}") from error
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: damaged ({error}): bring a whole copy") from error


def pieces(path: Path, options: ReadOptions | None = None) -> Iterator[pd.DataFrame]:
    """A table that `read` accepts, piece by piece: memory holds one at a time.

    Columns that don't stay verbatim may hold words in one piece and numbers in another.
    """
    options, ending = options or ReadOptions(), kind(path)
    with faults(path):
        if ending in separated.SEPARATORS:
            frames = separated.pieces(path, ending, options)
        elif ending in JSON_LINES:
            frames = jsonlines.pieces(path, options)
        elif ending == ".parquet":
            frames = parquet.pieces(path, options.verbatim)
        else:
            frames = iter([read(path, options).frame])
        for frame in frames:
            yield _bare(frame, path)[0]


def check(path: Path, options: ReadOptions) -> tuple[list[str], int | None]:
    """See that the records of a file fit together: what is to be said of it, and how many.

    Files of other kinds than separated values are checked as their pieces are read: None.

    Raises:
        UserError: ragged, of mixed encodings, or columns without a name of their own.
        OSError: the file can't be opened.
    """
    ending = kind(path)
    if ending not in separated.SEPARATORS:
        return [], None
    with faults(path):
        return separated.check(path, ending, options)
