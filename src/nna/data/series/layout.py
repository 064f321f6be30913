"""Which column of a table of series is what: times, names of series, values, what helps."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from nna.data.columns import date_parsing
from nna.data.series import clocks
from nna.data.series.clocks import Where
from nna.errors import UserError, nearest

SERIES = "unique_id"  # names of columns as Nixtla's libraries have them
TARGETS = ("y", "target", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column of a table is what, as the user says it."""

    time: str | None = None  # None: the one that is called so, or that holds dates
    target: str | None = None  # None: y; where there is none, every column of numbers is a series
    series: str | None = None  # None: unique_id, if there is such a column
    future_covariates: tuple[str, ...] = ()  # columns known beforehand: prices, holidays
    freq: str | None = None  # the frequency; None: as found
    dates: tuple[str, ...] = ()  # how times are written, as --dates says it
    format: str | None = None  # of the times, as a run's record has it
    fill: bool = False  # gaps by the value before, several values of one time by their mean


@dataclass(slots=True)
class LongTable:
    """The table on its way: rows by series and time, indexed by their number in the table."""

    rows: pd.DataFrame  # "series" (numbers), "time", "y", and the columns beside them
    names: list[Hashable]  # of the series, by their numbers
    layout: Layout
    what: str
    where: Where
    format: str
    notes: list[str] = field(default_factory=list)

    @property
    def others(self) -> list[str]:
        """The columns beside the target."""
        return [c for c in self.rows.columns if c not in ("series", "time", "step", "y")]

    @property
    def seen(self) -> list[str]:
        """Those that are known once they have happened."""
        return [c for c in self.others if c not in self.layout.future_covariates]

    def place(self, row: int) -> str:
        """Of a row in order: time, series if there are several, and line."""
        one = self.rows.iloc[row]
        of = f" of series {self.names[one['series']]!r}" if len(self.names) > 1 else ""
        return f"{shown(one['time'])}{of} ({self.where(int(self.rows.index[row]))})"


def shown(time: object) -> str:
    """A time for people: a date without its midnight."""
    return str(time).removesuffix(" 00:00:00")


def time_column(frame: pd.DataFrame, wanted: str | None, what: str) -> str:
    """The column of times: the one named, else one called so, else the only one of dates.

    Raises:
        UserError: no such column, or none or several that could be it.
    """
    columns = tuple(map(str, frame.columns))
    if wanted is not None:
        if wanted not in columns:
            raise UserError(f"{what} has no column {wanted!r}; {nearest(wanted, columns, what)}")
        return wanted
    given = [c for c in columns if is_datetime64_any_dtype(frame[c])]
    named = [c for name in clocks.NAMES for c in columns if c.lower() == name]
    for found in (given, named[:1]):
        if len(found) == 1:
            return found[0]
    raise UserError(
        f"{what}: which column holds the time? Say --time NAME (time=); the columns are: "
        f"{', '.join(columns[:12])}"
    )


def read(frame: pd.DataFrame, layout: Layout, what: str, where: Where) -> LongTable:
    """The values of all series below each other, in order of series and time.

    Args:
        frame: the table, its rows numbered from 0.
        layout: as the user says it.
        what: the table's name, for messages.
        where: from numbers of rows to their place, for messages.

    Raises:
        UserError: no such columns, times that can't be read, or values that are no numbers.
    """
    frame = frame.set_axis([str(c) for c in frame.columns], axis=1)
    for name in (layout.target, layout.series, *layout.future_covariates):
        if name is not None and name not in frame.columns:
            near = nearest(name, tuple(frame.columns), what)
            raise UserError(f"{what} has no column {name!r}; {near}")
    time = time_column(frame, layout.time, what)
    series = layout.series or (SERIES if SERIES in frame.columns else None)
    rest = [c for c in frame.columns if c not in (time, series)]
    numbers = [c for c in rest if is_numeric_dtype(frame[c]) or is_bool_dtype(frame[c])]
    values = _values(
        frame, layout, [c for c in numbers if c not in layout.future_covariates], series, what
    )
    others = [c for c in numbers if c not in values]
    notes = _said(layout, [c for c in rest if c not in values], others, what)
    times, said, form = _times(pd.Series(frame[time]), time, layout, what, where)
    notes += [said] if said else []
    codes, names = np.zeros(len(frame), dtype=int), list[Hashable](values)
    if series is not None:
        codes, names = _named(frame, series, what, where)
    elif len(values) > 1:
        notes.append(f"each of {len(values)} columns a series: {', '.join(values[:12])}")
    if not times.groupby(codes).is_monotonic_increasing.all():
        notes.append("rows did not stand in the order of time: sorted")
    beside = {name: frame[name].astype(float) for name in others}
    stacked = pd.concat(
        pd.DataFrame(
            {
                "series": codes if len(values) == 1 else number,
                "time": times,
                "y": _numeric(frame, name, what, where),
                **beside,
            }
        )
        for number, name in enumerate(values)
    )
    rows = stacked.sort_values(["series", "time"], kind="stable")
    return LongTable(rows, names, layout, what, where, form, notes)


def _times(
    column: pd.Series, name: str, layout: Layout, what: str, where: Where
) -> tuple[pd.Series, str, str]:
    asked = date_parsing.said(layout.dates)
    how = layout.format or asked.get(name, asked.get(""))
    if layout.freq is not None and layout.freq.isdecimal():
        how = date_parsing.NUMBERS  # a clock that counts
    return clocks.read(column, f"{what}: column {name!r}", where, how)


def _said(layout: Layout, beside: list[str], numbers: list[str], what: str) -> list[str]:
    """How each column beside the target is used."""
    notes = []
    for name in beside:
        if name in numbers:
            when = "beforehand" if name in layout.future_covariates else "once it has happened"
            notes.append(f"column {name!r} helps, known {when}")
        elif name in layout.future_covariates:
            raise UserError(f"{what}: column {name!r} holds words; what is known must be numbers")
        else:
            notes.append(f"left out: column {name!r}: it holds no numbers")
    return notes


def _named(
    frame: pd.DataFrame, series: str, what: str, where: Where
) -> tuple[np.ndarray, list[Hashable]]:
    """The number of each row's series, and what each is called."""
    if len(bad := np.flatnonzero(frame[series].isna())):
        raise UserError(f"{what}: column {series!r}: missing in {where(*map(int, bad[:3]))}")
    codes, names = pd.factorize(frame[series], sort=True)
    return codes, names.tolist()


def _values(
    frame: pd.DataFrame, layout: Layout, numbers: list[str], series: str | None, what: str
) -> list[str]:
    """The columns that are forecast: one, or of a wide table each."""
    if layout.target is not None:
        return [layout.target]
    for name in TARGETS:
        if named := [c for c in frame.columns if c.lower() == name]:
            return named[:1]
    if len(numbers) == 1 or (numbers and series is None):
        return numbers
    if not numbers:
        raise UserError(f"{what}: no column of numbers to forecast")
    raise UserError(
        f"{what}: which column is to be forecast? Say --target NAME; the columns of numbers are: "
        f"{', '.join(numbers[:12])}"
    )


def _numeric(frame: pd.DataFrame, name: str, what: str, where: Where) -> pd.Series:
    column = pd.Series(frame[name])
    read = pd.Series(pd.to_numeric(column, errors="coerce"), dtype=float)
    if len(bad := np.flatnonzero(read.isna() & column.notna())):
        row = int(bad[0])
        raise UserError(
            f"{what}: column {name!r}, {where(row)}: {str(column.iloc[row])!r} is no number"
        )
    return read
