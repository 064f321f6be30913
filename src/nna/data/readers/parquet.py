"""Parquet files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nna.data.readers import memory
from nna.data.readers.foreign import damaged, each
from nna.data.readers.sheet import ReadOptions, Sheet, check_twice
from nna.errors import UserError

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

BATCH = 65_536  # rows read at once
MEND = "not a Parquet file, or not whole: write it anew"


def read(path: Path, options: ReadOptions) -> Sheet:
    """Read a table; an index with a name becomes a column.

    Raises:
        UserError: pyarrow isn't installed, no Parquet file, no rows, or columns of lists.
        OSError: the file can't be opened.
    """
    with _opened(path) as file:
        with damaged(path, MEND, *_named_errors()):
            groups = range(file.metadata.num_row_groups)
            size = sum(file.metadata.row_group(i).total_byte_size for i in groups)
            total, width = file.metadata.num_rows, file.metadata.num_columns
        rows = _drawn(total, options.narrowed(max(1, width)))
        if len(rows) == total:
            memory.check(path, size)
        with damaged(path, MEND, *_named_errors()):
            table = file.read() if len(rows) == total else _taken(file, rows)
    frame = _frame(path, table, options.verbatim)
    if not len(frame.columns) or not len(frame):
        raise UserError(f"{path}: no rows")
    notes = options.notes(len(rows), total)
    return Sheet(path, frame, rows + 1, "row", total, tuple(notes))


def pieces(path: Path, verbatim: Callable[[str], bool]) -> Iterator[pd.DataFrame]:
    """The rows of a file, batch after batch.

    Raises:
        UserError: as `read`.
        OSError: the file can't be opened.
    """
    with _opened(path) as file:
        batches = each(path, MEND, file.iter_batches(batch_size=BATCH), *_named_errors())
        for batch in batches:
            yield _frame(path, batch, verbatim)


@contextmanager
def _opened(path: Path) -> Iterator[ParquetFile]:
    try:
        import pyarrow as _  # noqa: F401 - what it needs is missed here, not below
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise UserError(
            f"{path}: Parquet needs one more package: pip install 'nna[parquet]'"
        ) from error
    with damaged(path, MEND, *_named_errors()):
        file = ParquetFile(path)
    with file:
        yield file


def _named_errors() -> tuple[type[Exception], ...]:
    import pyarrow as pa

    return (pa.ArrowException,)


def _frame(path: Path, table: Any, verbatim: Callable[[str], bool]) -> pd.DataFrame:
    """Rows with all their columns, named by words; columns of lists are refused."""
    check_twice(path, [*map(str, table.schema.names)])
    with damaged(path, MEND, *_named_errors()):
        frame = table.to_pandas()
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    frame = frame.set_axis([str(column) for column in frame.columns], axis=1)
    for name in table.schema.names:
        column = table.column(name)
        if verbatim(name) and column.null_count and "int" in str(column.type) and name in frame:
            frame[name] = pd.array(column.to_pylist(), dtype="Int64")  # a float would round
    _plain(path, frame)
    return frame.reset_index(drop=True)


def _drawn(total: int, options: ReadOptions) -> np.ndarray:
    if options.max_samples is None or options.max_samples >= total:
        return np.arange(total)
    drawn = np.random.default_rng(options.seed).choice(total, options.max_samples, replace=False)
    return np.sort(drawn)


def _taken(file: Any, rows: np.ndarray) -> Any:
    """Some rows, read batch after batch."""
    import pyarrow as pa

    taken, start = [], 0
    for batch in file.iter_batches(batch_size=BATCH):
        here = rows[(rows >= start) & (rows < start + len(batch))] - start
        taken.append(batch.take(pa.array(here)))
        start += len(batch)
    return pa.Table.from_batches(taken)


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
