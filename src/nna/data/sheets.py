"""Tables in CSV, TSV and Parquet files, read strictly."""

from __future__ import annotations

import bz2
import csv
import dataclasses
import gzip
import lzma
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from nna.data import targets
from nna.errors import UserError

SEPARATORS = {".csv": ",", ".tsv": "\t"}
MISSING = ("", "?", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL")  # read as missing values
PACKED: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it stands in its file: missing values and all."""

    path: Path
    frame: pd.DataFrame  # columns by name: numbers, truth values, words or dates
    lines: np.ndarray  # where each row ends in the file, counted from 1
    unit: str = "line"  # or "row", of files that have no lines

    def where(self, *rows: int | np.integer, most: int | None = 20) -> str:
        """The place of some rows, counted as an editor or a spreadsheet does: "lines 7, 9-12".

        Args:
            rows: their numbers, from 0.
            most: runs of neighbouring lines that are named; None: all.
        """
        numbers = [int(self.lines[row]) for row in rows]
        breaks = [i for i in range(1, len(numbers)) if numbers[i] != numbers[i - 1] + 1]
        ends = zip([0, *breaks], [*breaks, len(numbers)], strict=True)
        runs = [(numbers[first], numbers[last - 1]) for first, last in ends]
        told = [f"{a}" if a == b else f"{a}-{b}" for a, b in runs[:most]]
        more = (
            f" and {len(runs) - len(told):,} more runs of {self.unit}s" if runs[len(told) :] else ""
        )
        return f"{self.unit}{'s' if len(rows) > 1 else ''} {', '.join(told)}{more}"

    def take(self, rows: np.ndarray) -> Sheet:
        """The same table with those rows alone; each keeps its place in the file."""
        frame = self.frame.iloc[rows].reset_index(drop=True)
        return dataclasses.replace(self, frame=frame, lines=self.lines[rows])


def kind(path: Path) -> str:
    """The ending that says what a file holds, packed or not: ".csv" of "data.csv.gz"."""
    ending = path.suffix.lower()
    return Path(path.stem).suffix.lower() if ending in PACKED else ending


def read(path: Path) -> Sheet:
    """Read a table; nothing in it is guessed, dropped or renamed.

    Raises:
        UserError: no table, damaged, ragged, not UTF-8, no rows, or columns without a name of
            their own.
        OSError: the file can't be opened.
    """
    if kind(path) == ".parquet":
        return _parquet(path)
    separator = SEPARATORS[kind(path)]
    try:
        opener = PACKED.get(path.suffix.lower(), open)
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            header, lines = _records(path, file, separator)
            file.seek(0)
            frame = pd.read_csv(
                file,
                sep=separator,
                index_col=False,
                skipinitialspace=True,
                na_values=list(MISSING),
                keep_default_na=False,
                low_memory=False,
            )
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 at byte {error.start}: save it as UTF-8") from error
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: damaged ({error}): bring a whole copy") from error
    except (csv.Error, pd.errors.ParserError) as error:
        raise UserError(
            f"{path}: not a table of {separator!r}-separated values ({error})"
        ) from error
    if len(frame) != len(lines):
        raise UserError(f"{path}: {len(lines)} lines but {len(frame)} rows: are there blank lines?")
    return Sheet(path, frame.set_axis(header, axis=1), lines)


def _records(path: Path, file: IO[str], separator: str) -> tuple[list[str], np.ndarray]:
    """The header, and the line on which each record ends; pandas would pad and rename."""
    reader = csv.reader(file, delimiter=separator, skipinitialspace=True, strict=True)
    header = [name.strip() for name in next(reader, [])]
    if not any(header):
        raise UserError(f"{path}: the first line is empty; it must name the columns")
    _names(path, header)
    lines = []
    for record in reader:
        if record and len(record) != len(header):
            raise UserError(
                f"{path}, line {reader.line_num}: {len(record)} fields where the header has "
                f"{len(header)}"
            )
        if record:
            lines.append(reader.line_num)
    if not lines:
        raise UserError(f"{path}: only a header, no rows")
    return header, np.array(lines)


def _names(path: Path, header: list[str]) -> None:
    if blank := [i for i, name in enumerate(header, 1) if not name]:
        raise UserError(
            f"{path}: column {blank[0]} has no name: name it or, if it only counts the rows, "
            "leave it out (pandas: to_csv(index=False))"
        )
    if twice := [name for name in header if header.count(name) > 1]:
        raise UserError(
            f"{path}: {header.count(twice[0])} columns are called {twice[0]!r}; the first line "
            "must name the columns, each differently"
        )
    if len(header) == 1 and (other := [mark for mark in ";\t|" if mark in header[0]]):
        raise UserError(f"{path}: separated by {other[0]!r}? Save .csv with commas, .tsv with tabs")
    numbers = targets.numbers(np.array(header))
    known = numbers[~np.isnan(numbers)]
    if len(known) == len(header) or np.any(known % 1 != 0):
        raise UserError(
            f"{path}: the first line holds numbers ({', '.join(header[:3])}); it must name the "
            "columns"
        )


def _parquet(path: Path) -> Sheet:
    try:
        frame = pd.read_parquet(path)
    except ImportError as error:
        raise UserError(
            f"{path}: Parquet needs one more package: pip install 'nna[parquet]'"
        ) from error
    except ValueError as error:
        raise UserError(f"{path}: not a Parquet file ({' '.join(str(error).split())})") from error
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    frame = frame.set_axis([str(column) for column in frame.columns], axis=1)
    for column in frame.columns:
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].astype(object).infer_objects()
    if not len(frame.columns) or not len(frame):
        raise UserError(f"{path}: no rows")
    return Sheet(path, frame, np.arange(1, len(frame) + 1), "row")
