"""Tables in files of every kind that is read."""

from __future__ import annotations

import gzip
import lzma
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from nna.data.readers import arrays, excel, jsonlines, memory, parquet, separated, texts
from nna.data.readers.encodings import PACKED
from nna.data.readers.sheet import Sheet, Wish
from nna.errors import UserError

__all__ = ["ENDINGS", "Sheet", "kind", "read"]

JSON_LINES, BOOKS = (".jsonl", ".ndjson"), (".xlsx", ".xlsm")
STREAMED = (*separated.SEPARATORS, *JSON_LINES, ".parquet")  # read part by part
ENDINGS = (*STREAMED, *BOOKS)  # and some .npy


def kind(path: Path) -> str:
    """The ending that says what a file holds, packed or not: ".csv" of "data.csv.gz"."""
    ending = path.suffix.lower()
    inner = Path(path.stem).suffix.lower()
    return inner if ending in PACKED and inner in (*separated.SEPARATORS, *JSON_LINES) else ending


def read(
    path: Path,
    most: int | None = None,
    seed: int = 0,
    skip_bad: bool = False,
    cells: int | None = None,
) -> Sheet:
    """Read a table; nothing in it is guessed, dropped or renamed without being told.

    Args:
        path: the file, whose ending says what it is, or a folder of texts.
        most: rows to draw at most, each with the same chance, in one pass; None: all.
        seed: decides which.
        skip_bad: leave out lines with another number of fields than the first, and tell each.
        cells: values to draw at most, where `most` is given: fewer rows of a wide table.

    Raises:
        UserError: no table, damaged, ragged, of mixed encodings, no rows, columns without a name of
            their own, or more than memory holds.
        OSError: the file can't be opened.
    """
    wish, ending = Wish(most, seed, skip_bad, cells), kind(path)
    with _faults(path):
        if path.is_dir():
            return texts.read(path, wish)
        if ending in separated.SEPARATORS:
            return separated.read(path, ending, wish)
        if ending in JSON_LINES:
            return jsonlines.read(path, wish)
        if ending in BOOKS:
            return excel.read(path, wish)
        return parquet.read(path, wish) if ending == ".parquet" else arrays.read(path, wish)


@contextmanager
def _faults(path: Path) -> Iterator[None]:
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


def pieces(path: Path, words: Collection[str] = ()) -> Iterator[pd.DataFrame]:
    """A table that `read` accepts, piece by piece: memory holds one at a time.

    Columns of words in one piece may be numbers in another.

    Args:
        path: the file.
        words: columns that are not to be numbers in any piece.
    """
    ending = kind(path)
    with _faults(path):
        if ending in separated.SEPARATORS:
            yield from separated.pieces(path, ending, words)
        elif ending in JSON_LINES:
            yield from jsonlines.pieces(path, words)
        elif ending == ".parquet":
            yield from parquet.pieces(path)
        else:
            yield read(path).frame


def check(path: Path) -> tuple[list[str], int | None]:
    """See that the records of a file fit together: what is to be said of it, and how many.

    Files of other kinds than separated values are checked as their pieces are read: None.

    Raises:
        UserError: ragged, of mixed encodings, or columns without a name of their own.
        OSError: the file can't be opened.
    """
    ending = kind(path)
    if ending not in separated.SEPARATORS:
        return [], None
    with _faults(path):
        return separated.check(path, ending)
