"""A table as it stands in its file, and the rows of it that are drawn."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from nna.data.tables import targets
from nna.errors import UserError

T = TypeVar("T")

MISSING = ("", "?", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL")  # read as missing values


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it stands in its file: missing values and all."""

    path: Path
    frame: pd.DataFrame  # columns by name: numbers, truth values, words or dates
    lines: np.ndarray  # where each row ends in the file, counted from 1
    unit: str = "line"  # or "row", of files that have no lines
    total: int = 0  # rows in the file
    notes: tuple[str, ...] = ()  # what reading decided
    left_out: tuple[str, ...] = ()  # lines that can't be used, every one, where that was asked for
    comma: bool = False  # whether its separator suggests that commas mark decimals

    def where(self, *rows: int | np.integer, most: int | None = 20) -> str:
        """The place of some rows, counted as an editor or a spreadsheet does: "lines 7, 9-12".

        Args:
            rows: their numbers, from 0.
            most: runs of neighbouring lines that are named; None: all.
        """
        return places([int(self.lines[row]) for row in rows], self.unit, most)

    def take(self, rows: np.ndarray) -> Sheet:
        """The same table with those rows alone; each keeps its place in the file."""
        frame = self.frame.iloc[rows].reset_index(drop=True)
        return dataclasses.replace(self, frame=frame, lines=self.lines[rows])


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is wanted of a file."""

    max_samples: int | None = None  # rows to draw at most, each with the same chance; None: all
    seed: int = 0  # decides which
    skip_bad: bool = False  # leave out lines that can't be used, and tell each
    cells: int | None = None  # values to read at most: fewer rows of a wide table
    encoding: str | None = None  # of a text; None: it is found out
    verbatim: Callable[[str], bool] = lambda _: False  # columns whose values stay as written
    recorded: bool = False  # whether the others are known to be numbers, whatever they look like

    def narrowed(self, columns: int) -> ReadOptions:
        """The same for a table of so many columns."""
        if self.max_samples is None or self.cells is None:
            return self
        return dataclasses.replace(
            self, max_samples=max(1, min(self.max_samples, self.cells // columns))
        )

    def notes(self, drawn: int, total: int) -> list[str]:
        """What is to be said of the rows drawn."""
        return [f"drawn: {drawn:,} of {total:,} rows"] if drawn < total else []


class Draw(Generic[T]):
    """At most so many of the rows that pass by, each with the same chance, in their order.

    Source: Vitter 1985, algorithm R.
    """

    def __init__(self, options: ReadOptions) -> None:
        self.most, self.seen, self._kept = options.max_samples, 0, list[tuple[int, T]]()
        self._random = random.Random(options.seed)

    def add(self, row: T) -> None:
        """Let a row pass by."""
        self.seen += 1
        if self.most is None or len(self._kept) < self.most:
            self._kept.append((self.seen, row))
        elif (place := int(self._random.random() * self.seen)) < self.most:
            self._kept[place] = (self.seen, row)

    @property
    def rows(self) -> list[T]:
        """Those drawn."""
        return [row for _, row in sorted(self._kept, key=lambda pair: pair[0])]


def places(numbers: list[int], unit: str, most: int | None = 20) -> str:
    """Numbers of lines or rows, neighbours in one: "lines 7, 9-12"."""
    breaks = [i for i in range(1, len(numbers)) if numbers[i] != numbers[i - 1] + 1]
    ends = zip([0, *breaks], [*breaks, len(numbers)], strict=True)
    runs = [(numbers[first], numbers[last - 1]) for first, last in ends]
    told = [f"{a}" if a == b else f"{a}-{b}" for a, b in runs[:most]]
    if rest := len(runs) - len(told):
        told[-1] += f" and {rest:,} more runs of {unit}s"
    return f"{unit}{'s' if len(numbers) > 1 else ''} {', '.join(told)}"


def check_names(path: Path, header: list[str]) -> None:
    """Every column needs a name of its own, and the first line must hold names.

    Raises:
        UserError: it doesn't.
    """
    if not any(header):
        raise UserError(f"{path}: the first line is empty; it must name the columns")
    if blank := [i for i, name in enumerate(header, 1) if not name]:
        raise UserError(
            f"{path}: column {blank[0]} has no name: name it or, if it only counts the rows, "
            "leave it out (pandas: to_csv(index=False))"
        )
    check_twice(path, header)
    numbers = targets.numbers(np.array(header))
    known = numbers[~np.isnan(numbers)]
    if len(known) == len(header) or np.any(known % 1 != 0):
        raise UserError(
            f"{path}: the first line holds numbers ({', '.join(header[:3])}); it must name the "
            "columns"
        )


def check_twice(path: Path, header: list[str]) -> None:
    """No two columns may bear the same name.

    Raises:
        UserError: they do.
    """
    if twice := [(name, count) for name, count in Counter(header).items() if count > 1]:
        raise UserError(
            f"{path}: {twice[0][1]} columns are called {twice[0][0]!r}; the first line "
            "must name the columns, each differently"
        )
