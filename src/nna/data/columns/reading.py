"""How the columns of a table are read: decided once, on the whole table, and kept.

What a file's format leaves open (is "10,302" ten or ten thousand, is "TRUE" a word) is decided here
for each column; a value is then read by itself, whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from nna.data.columns import numbers
from nna.data.columns.numbers import Style


@dataclass(frozen=True, slots=True)
class Reading:
    """How the values of a column are read: as numbers, or not (dates: `date_parsing`)."""

    style: Style | None = None  # of numbers; None: they are none
    read: tuple[str, float] | None = None  # a word not written as programs write numbers; its value

    @classmethod
    def of(cls, column: pd.Series, comma: bool | None = None) -> Reading:
        """Decide by all values of a column; `comma` as `numbers.style_of` has it."""
        style = numbers.style_of(column, comma)
        return cls(style, numbers.example(column, style) if style else None)


Readings = Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class Recorded:
    """How the record of a run says that tables are read."""

    numbers: frozenset[str]  # columns whose numbers are written as programs write them
    target: Style | None = None  # how the numbers to predict were written; None: not told

    def verbatim(self, name: str) -> bool:
        """Whether the values of a column stay as they are written until they are prepared."""
        return name not in self.numbers

    @classmethod
    def of(cls, frame: pd.DataFrame, readings: Readings, target: Style | None) -> Recorded:
        """How another file is to be read like a table that was read.

        Args:
            frame: that table, without its target.
            readings: of its columns.
            target: how its numbers to predict were written; None: not told, or no numbers.
        """
        columns = {str(name): frame.iloc[:, place] for place, name in enumerate(frame.columns)}
        plain = {
            name
            for name, of in columns.items()
            if is_numeric_dtype(of)
            and not is_bool_dtype(of)
            and readings.get(name, Reading()).read is None
        }
        return cls(frozenset(plain), target)


NOTHING = Recorded(frozenset())  # no record: every value stays as it is written


def decide(frame: pd.DataFrame, comma: bool = False) -> tuple[dict[str, Reading], list[str]]:
    """How each column of a table is read, and what is to be said of those that don't tell.

    Where a column's marks may part decimals or thousands ("10,302"), the other columns decide, else
    the file: where semicolons part the values, the mark is of decimals.

    Args:
        frame: the whole table.
        comma: whether semicolons part its values.
    """
    columns = {str(name): frame.iloc[:, place] for place, name in enumerate(frame.columns)}
    wordy = {name: of for name, of in columns.items() if not _settled(of)}
    unsure = {name: word for name, of in wordy.items() if (word := numbers.unsure(of))}
    proven = {numbers.proves(of) for name, of in wordy.items() if name not in unsure} - {None}
    readings, said = dict[str, Reading](), list[str]()
    for name, column in columns.items():
        marks = None
        if name in unsure:
            alone = next(iter(proven)) if len(proven) == 1 else None
            marks = alone == "comma" if alone else comma and "," in unsure[name]
        readings[name] = Reading.of(column, marks)
        if name in unsure and not (proven and len(proven) == 1):
            said.append(_open(name, unsure[name], readings[name]))
    return readings, said


def _settled(column: pd.Series) -> bool:
    """Whether a column's type leaves nothing open."""
    return is_numeric_dtype(column) or not (column.dtype == object or hasattr(column, "str"))


def _open(name: str, word: str, reading: Reading) -> str:
    style = reading.style or "point"
    other: Style = "point" if style == "comma" else "comma"
    here, there = (float(numbers.parse(pd.Series([word]), one)[0]) for one in (style, other))
    return (
        f"column {name!r}: {word!r} read as {here:.15g}; no value tells whether its mark parts "
        f"thousands or decimals: if {there:.15g} is meant, write it so"
    )


def converted(frame: pd.DataFrame, readings: Readings) -> pd.DataFrame:
    """The same table with numbers in place of words that all write numbers.

    Whoever looks at a part of it alone then finds numbers, and can't read them in another way.
    """
    columns = dict[str, np.ndarray]()
    for name in frame.columns:
        reading, column = readings[str(name)], pd.Series(frame[name])
        if reading.read is None or reading.style is None or is_bool_dtype(column):
            continue
        values = numbers.parse(column, reading.style)
        if not (np.isnan(values) & column.notna().to_numpy()).any():
            columns[name] = values
    return frame.assign(**columns) if columns else frame


def alike(frame: pd.DataFrame, first: pd.DataFrame, readings: Readings) -> pd.DataFrame:
    """A further table, its values as those of a first one were read; nothing is decided anew.

    Args:
        frame: the further table, words as they are written; it has all columns of the first.
        first: the table that decided.
        readings: of its columns.
    """
    columns = {}
    for name in first.columns:
        column, known = frame[name], first[name]
        assert isinstance(column, pd.Series)
        assert isinstance(known, pd.Series)
        columns[str(name)] = _alike(column, known, readings)
    return pd.DataFrame(columns, index=frame.index)


def _alike(column: pd.Series, first: pd.Series, readings: Readings) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if not is_numeric_dtype(first) or is_numeric_dtype(column):
        return column
    style = readings.get(str(first.name), Reading()).style or "point"
    values = pd.Series(numbers.parse(column, style), index=column.index)
    words = values.isna() & column.notna()
    if words.any():  # preparation tells of them
        return column.astype(object).where(words, values)
    return values.astype(bool) if is_bool_dtype(first) and values.notna().all() else values


def strip(column: pd.Series, gaps: tuple[str, ...] = ()) -> tuple[pd.Series, np.ndarray]:
    """A column, its words without blanks around them, and the rows where there were some.

    Args:
        column: words, or values of several kinds.
        gaps: words that stand for missing values.
    """
    codes, different = pd.factorize(column)
    changed = {
        place: word.strip()
        for place, word in enumerate(different)
        if isinstance(word, str) and word != word.strip()
    }
    if not changed:
        return column, np.zeros(0, dtype=int)
    rows = np.flatnonzero(np.isin(codes, [*changed]))
    stripped = column.astype(object)
    stripped.iloc[rows] = [None if changed[code] in gaps else changed[code] for code in codes[rows]]
    return stripped.astype(column.dtype), rows
