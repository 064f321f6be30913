"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nna.data.readers import memory
from nna.data.readers.sheet import Sheet, Wish
from nna.errors import UserError

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

BATCH = 65_536  # rows read at once


def read(path: Path, wish: Wish) -> Sheet:
    """Read a table; an index with a name becomes a column.

    Raises:
        UserError: pyarrow isn't installed, no Parquet file, no rows, or columns of lists.
        OSError: the file can't be opened.
    """
    with _opened(path) as file:
        groups = range(file.metadata.num_row_groups)
        size = sum(file.metadata.row_group(i).total_byte_size for i in groups)
        total = file.metadata.num_rows
        rows = _drawn(total, wish.narrowed(max(1, file.metadata.num_columns)))
        if len(rows) == total:
            memory.check(path, size)
            frame = file.read().to_pandas()
        else:
            frame = _taken(file, rows)
    frame = _named(path, frame)
    if not len(frame.columns) or not len(frame):
        raise UserError(f"{path}: no rows")
    notes = wish.notes(len(rows), total)
    return Sheet(path, frame, rows + 1, "row", total, tuple(notes))


def pieces(path: Path) -> Iterator[pd.DataFrame]:
    """The rows of a file, batch after batch.

    Raises:
        UserError: as `read`.
        OSError: the file can't be opened.
    """
    with _opened(path) as file:
        for batch in file.iter_batches(batch_size=BATCH):
            yield _named(path, batch.to_pandas())


@contextmanager
def _opened(path: Path) -> Iterator[ParquetFile]:
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise UserError(
            f"{path}: Parquet needs one more package: pip install 'nna[parquet]'"
        ) from error
    try:
        with ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, ValueError) as error:
        raise UserError(f"{path}: not a Parquet file ({' '.join(str(error).split())})") from error


def _named(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows with all their columns, named by words; columns of lists are refused."""
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    frame = frame.set_axis([str(column) for column in frame.columns], axis=1)
    _plain(path, frame)
    return frame.reset_index(drop=True)


def _drawn(total: int, wish: Wish) -> np.ndarray:
    if wish.most is None or wish.most >= total:
        return np.arange(total)
    drawn = np.random.default_rng(wish.seed).choice(total, wish.most, replace=False)
    return np.sort(drawn)


def _taken(file: Any, rows: np.ndarray) -> pd.DataFrame:
    """Some rows, read batch after batch."""
    import pyarrow as pa

    taken, start = [], 0
    for batch in file.iter_batches(batch_size=BATCH):
        here = rows[(rows >= start) & (rows < start + len(batch))] - start
        taken.append(batch.take(pa.array(here)))
        start += len(batch)
    return pa.Table.from_batches(taken).to_pandas()


def _plain(path: Path, frame: pd.DataFrame) -> None:
    """Refuse columns whose values are no single numbers, words or dates."""
    for name in frame.columns:
        values = pd.Series(frame[name]).dropna()
        held = next((v for v in values if hasattr(v, "__len__") and not isinstance(v, str)), None)
        if values.dtype == object and held is not None:
            raise UserError(
                f"{path}: column {name!r} holds values of kind {type(held).__name__}: make it "
                "numbers, words or dates"
            )
