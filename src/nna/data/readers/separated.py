"""Values separated by commas, tabs, semicolons or bars (CSV, TSV)."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
from pandas.api.types import is_float_dtype, is_string_dtype

from nna.data.columns import numbers
from nna.data.readers import encodings, memory
from nna.data.readers.sheet import MISSING, Draw, ReadOptions, Sheet, check_names, places
from nna.errors import UserError

SEPARATORS = {".csv": ",", ".tsv": "\t"}
OTHERS = ";\t|"
PIECE = 100_000  # rows
TOLD = 5  # bad lines that a message names


def read(path: Path, ending: str, options: ReadOptions) -> Sheet:
    """Read a table; nothing in it is guessed, dropped or renamed.

    Raises:
        UserError: ragged, a quote that never ends, no rows, columns without a name of their own, or
            more than memory holds.
        OSError: the file can't be opened.
    """
    if options.max_samples is None:
        memory.check(path, needs=memory.RECORDS if options.skip_bad else memory.NEEDS)
    with encodings.text(path, options.encoding) as (file, said):
        separator = _separator(file, SEPARATORS[ending])
        notes = [*said, *_unusual(separator, ending)]
        records = _records(path, file, separator, options)
        bad = records.settle(options.skip_bad)
        if options.max_samples is not None or bad:
            file = records.text(separator)
        with _parsed(path, separator):
            frame = _whole(file, separator, records.kept(options), options.recorded)
    lines, total = records.lines, records.drawn.seen
    check_rows(path, len(lines), len(frame))
    notes += bad[:1] + options.notes(len(lines), total)
    frame = frame.set_axis(records.header, axis=1)
    left_out, comma = tuple(bad[1:]), separator == ";"
    return Sheet(path, frame, lines, "line", total, tuple(notes), left_out, comma)


def pieces(path: Path, ending: str, options: ReadOptions) -> Iterator[pd.DataFrame]:
    """The rows of a file that `read` accepts, a hundred thousand at a time."""
    with encodings.text(path, options.encoding) as (file, _):
        separator = _separator(file, SEPARATORS[ending])
        header = next(csv.reader(file, delimiter=separator, skipinitialspace=True))
        kept = [name for name in header if options.verbatim(name.strip())]
        with _parsed(path, separator):
            for frame in _frame(file, separator, kept, PIECE):
                piece = _no_truths(frame) if options.recorded else frame
                yield piece.rename(columns=lambda name: str(name).strip())


def check(path: Path, ending: str, options: ReadOptions) -> tuple[list[str], int]:
    """See that the records of a file fit together: what is to be said of it, and how many.

    Raises:
        UserError: they don't, as `read` says.
        OSError: the file can't be opened.
    """
    with encodings.text(path, options.encoding) as (file, notes):
        separator = _separator(file, SEPARATORS[ending])
        records = _records(path, file, separator, ReadOptions())
    records.settle(False)
    return notes + _unusual(separator, ending), len(records.lines)


@contextmanager
def _parsed(path: Path, separator: str) -> Iterator[None]:
    """What pandas says of values that are no table, in one line."""
    try:
        yield
    except pd.errors.ParserError as error:
        if "out of memory" in str(error):  # as pandas says it
            raise MemoryError from error
        raise _no_table(path, separator, error) from error


def _separator(file: IO[str], usual: str) -> str:
    """The usual mark, unless the first line holds none and one of the others."""
    first = file.readline()
    file.seek(0)
    others = [mark for mark in OTHERS if mark in first]
    return usual if usual in first or not others else max(others, key=first.count)


def check_rows(path: Path, lines: int, rows: int) -> None:
    """Every record must have given a row.

    Raises:
        UserError: it hasn't.
    """
    if lines != rows:
        raise UserError(f"{path}: {lines} lines but {rows} rows: are there blank lines?")


def _unusual(separator: str, ending: str) -> list[str]:
    return [] if separator == SEPARATORS[ending] else [f"separated by {separator!r}"]


def _records(path: Path, file: IO[str], separator: str, options: ReadOptions) -> _Records:
    file.seek(0)
    try:
        return _Records(path, file, separator, options)
    except csv.Error as error:
        raise _no_table(path, separator, error) from error


def _no_table(path: Path, separator: str, error: Exception) -> UserError:
    return UserError(f"{path}: not a table of {separator!r}-separated values ({error})")


def _whole(file: IO[str], separator: str, kept: list[str], recorded: bool) -> pd.DataFrame:
    """All rows of a file."""
    frame = _frame(file, separator, kept)
    if recorded:
        return _no_truths(frame)
    floats = [name for name in frame if is_float_dtype(frame[name])]
    wordy = (frame[name] for name in frame if is_string_dtype(frame[name]))
    if separator == ";" and floats and any(numbers.proves(of) == "comma" for of in wordy):
        return _frame(file, separator, kept + floats)  # 1.234 may be a thousand
    return frame


def _no_truths(frame: pd.DataFrame) -> pd.DataFrame:
    """Truth values as words again: pandas makes them where a column holds nothing else."""
    made = [name for name in frame if frame[name].dtype in (bool, object)]
    return frame.assign(**{name: frame[name].astype("str") for name in made}) if made else frame


def _frame(file: IO[str], separator: str, kept: Sequence[str], rows: int | None = None) -> Any:
    """A frame, or an iterator over frames of so many rows; columns `kept` stay as written."""
    file.seek(0)
    return pd.read_csv(
        file,
        sep=separator,
        index_col=False,
        skipinitialspace=True,
        na_values=list(MISSING),
        keep_default_na=False,
        low_memory=False,
        chunksize=rows,
        dtype=dict.fromkeys(kept, "str"),
    )


class _Records:
    """The header, the line on which each record ends, those drawn, and lines that can't be used.

    pandas would pad and rename.
    """

    def __init__(self, path: Path, file: IO[str], separator: str, options: ReadOptions) -> None:
        reader = csv.reader(file, delimiter=separator, skipinitialspace=True, strict=True)
        self.path, self.bad = path, dict[int, int]()
        self.written = next(reader, [])
        self.header = [name.strip() for name in self.written]
        check_names(path, self.header)
        options = options.narrowed(len(self.header))
        self.whole = options.max_samples is None and not options.skip_bad
        self.drawn: Draw[tuple[int, list[str]]] = Draw(options)
        ends, width = array("q"), len(self.header)
        for record in reader:
            if len(record) == width:
                if self.whole:
                    ends.append(reader.line_num)
                else:
                    self.drawn.add((reader.line_num, record))
            elif record:
                self.bad[reader.line_num] = len(record)
        if self.whole:
            self.drawn.seen = len(ends)
        else:
            ends = array("q", (line for line, _ in self.drawn.rows))
        self.lines = np.array(ends)
        if not len(self.lines) and not self.bad:
            raise UserError(f"{path}: only a header, no rows")

    def settle(self, skip: bool) -> list[str]:
        """A note on lines left out, and all their places.

        Raises:
            UserError: there are such, and nobody asked to leave them out; or no others.
        """
        if not self.bad:
            return []
        width, count = len(self.header), len(self.bad)
        told = [f"line {line}: {fields} fields" for line, fields in [*self.bad.items()][:TOLD]]
        more = f" and {count - TOLD:,} more lines" if count > TOLD else ""
        wrong = f"{'; '.join(told)}{more} where the header has {width}"
        if not skip or not len(self.lines):
            raise UserError(f"{self.path}, {wrong}: mend them, or leave them out by --skip-bad")
        short, whole = (places([*self.bad], "line", most) for most in (20, None))
        why = f"left out: {count:,} rows with another number of fields than {width}:"
        return [f"{why} {short}", f"{why} {whole}"]

    def kept(self, options: ReadOptions) -> list[str]:
        """Columns whose values stay as written, as the file names them."""
        names = zip(self.written, self.header, strict=True)
        return [raw for raw, name in names if options.verbatim(name)]

    def text(self, separator: str) -> IO[str]:
        """The records drawn, as a file."""
        file = io.StringIO()
        writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
        writer.writerow(self.written)
        writer.writerows(record for _, record in self.drawn.rows)
        file.seek(0)
        return file
