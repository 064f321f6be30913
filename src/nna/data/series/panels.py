"""Series in a table: one row a time, of one series or of many, made regular and whole."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from nna.data.columns import date_parsing
from nna.data.series import clocks
from nna.data.series.clocks import Clock, Where
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """One series: a value at every step of the clock, none missing."""

    name: Hashable
    times: pd.Index
    y: np.ndarray  # (steps,)
    past_covariates: np.ndarray  # (steps, columns) that are known once they have happened
    future_covariates: np.ndarray  # (steps and more, columns) that are known beforehand

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All series of a table, on one clock."""

    strands: tuple[Strand, ...]
    clock: Clock
    past_covariates: tuple[str, ...]
    future_covariates: tuple[str, ...]
    notes: tuple[str, ...]  # what was decided, filled or left out
    format: str = date_parsing.GIVEN  # of the times: see `nna.data.dates`
    left_out: tuple[str, ...] = ()  # lines of the file that can't be used, every one


@dataclass(slots=True)
class _Long:
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
        return [c for c in self.rows.columns if c not in ("series", "time", "step", "y")]

    @property
    def seen(self) -> list[str]:
        return [c for c in self.others if c not in self.layout.future_covariates]

    def place(self, row: int) -> str:
        """Of a row in order: time, series if there are several, and line."""
        one = self.rows.iloc[row]
        of = f" of series {self.names[one['series']]!r}" if len(self.names) > 1 else ""
        return f"{shown(one['time'])}{of} ({self.where(int(self.rows.index[row]))})"


def panel(frame: pd.DataFrame, layout: Layout, what: str = "", where: Where | None = None) -> Panel:
    """The series of a table, regular and whole.

    Args:
        frame: a row a time; long (a column for the values, and if there are many series one with
            their names) or wide (a column a series).
        layout: which column is what.
        what: the table's name, for messages.
        where: from numbers of rows to their place, for messages.

    Raises:
        UserError: no such columns, times that can't be read, come twice or lie on no common
            clock, values that are missing or no numbers.
    """
    what = what or "the table"
    if not len(frame):
        raise UserError(f"{what}: no rows")
    long = _long(frame.reset_index(drop=True), layout, what, where or _row)
    _finite(long)
    clock = _clock(long)
    _once(long)
    strands = _strands(long, clock)
    return Panel(
        strands=tuple(strands),
        clock=clock,
        past_covariates=tuple(long.seen),
        future_covariates=layout.future_covariates,
        notes=tuple(long.notes),
        format=long.format,
    )


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


def _row(*rows: int) -> str:
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}"


# --- which column is what --------------------------------------------------------------------


def _long(frame: pd.DataFrame, layout: Layout, what: str, where: Where) -> _Long:
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
    return _Long(rows, names, layout, what, where, form, notes)


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


def _finite(long: _Long) -> None:
    for name in ("y", *long.others):
        if len(bad := np.flatnonzero(np.isinf(long.rows[name]))):
            told = "the target" if name == "y" else f"column {name!r}"
            raise UserError(f"{long.what}: {told} is infinite at {long.place(int(bad[0]))}")


# --- regular ---------------------------------------------------------------------------------


def _clock(long: _Long) -> Clock:
    """The frequency, and with it where each row lies: a column "step"."""
    rows, asked = long.rows, long.layout.freq
    series, times = rows["series"].to_numpy(), pd.Series(rows["time"])
    again = rows.duplicated(["series", "time"]).to_numpy()
    if asked is not None:
        found = clocks.clock(asked)
    else:
        found = clocks.find(pd.Series(times[~again]), series[~again])
    if found is None:
        if (~again).sum() <= len(long.names):
            raise UserError(f"{long.what}: one time a series: there is nothing to forecast from")
        raise UserError(
            f"{long.what}: the times keep no frequency; say one and let the values in each step "
            "be averaged, such as --freq D --fill (freq='D', fill=True)"
        )
    steps = found.positions(times, series)
    if steps is None and long.layout.fill:
        floored = found.floored(times)
        moved = int((floored != times).sum())
        long.notes.append(f"{moved:,} rows lie between the steps: taken to the step before")
        long.rows = rows = rows.assign(time=floored)
        steps = found.positions(floored, series)
    if steps is None:
        raise UserError(
            f"{long.what}: not all times come {found}: let the values in each step be averaged by "
            "--fill (fill=True), or say another --freq"
        )
    long.rows = long.rows.assign(step=steps)
    long.notes.append(f"{found}, {len(long.names):,} series, {len(rows):,} rows")
    return found


def _once(long: _Long) -> None:
    """No step of a series twice."""
    rows = long.rows
    again = np.flatnonzero(rows.duplicated(["series", "step"]))
    if not len(again):
        return
    if not long.layout.fill:
        first = rows.iloc[int(again[0])]
        same = rows[(rows["series"] == first["series"]) & (rows["step"] == first["step"])]
        lines = long.where(*map(int, same.index[:3]))
        hint = ""
        if len(long.names) == 1:
            hint = "; if there are several series, say which column names them (--series, series=)"
        raise UserError(
            f"{long.what}: {len(again):,} times come twice, first {long.place(int(again[0]))}, "
            f"{lines}: keep one of each, or let them be averaged by --fill (fill=True){hint}"
        )
    long.notes.append(f"{len(again):,} rows of a time that had one already: averaged")
    index = rows.index.to_series().groupby([rows["series"], rows["step"]]).first()
    long.rows = rows.groupby(["series", "step"], as_index=False).agg(
        {"time": "first", "y": "mean", **dict.fromkeys(long.others, "mean")}
    )
    long.rows.index = pd.Index(index.to_numpy())


# --- whole -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Gaps:
    """Values that are missing, and the first of them."""

    counts: dict[str, int] = field(default_factory=dict)  # by column
    first: str = ""

    def filled(self, values: np.ndarray, columns: list[str], name: Hashable, times: pd.Index):
        """Each gap by the value before; before a column's first value, by that."""
        missing = np.isnan(values)
        for column, bad in zip(columns, missing.T, strict=True):
            if bad.all() and len(bad):
                raise UserError(f"column {column!r} has no value at all in series {name!r}")
            if bad.any():
                self.counts[column] = self.counts.get(column, 0) + int(bad.sum())
                step = int(bad.argmax())
                when = shown(times[step]) if step < len(times) else "the steps ahead"
                self.first = self.first or f"{when} of series {name!r}"
        return pd.DataFrame(values).ffill().bfill().to_numpy() if missing.any() else values

    def settle(self, long: _Long) -> None:
        """Refuse gaps, or tell how many were filled."""
        if not self.counts:
            return
        told = ", ".join(
            f"{'the target' if column == 'y' else f'column {column!r}'} {count:,}"
            for column, count in self.counts.items()
        )
        if not long.layout.fill:
            raise UserError(
                f"{long.what}: steps without a value: {told}; first {self.first}: add them, or "
                "let the value before stand for them by --fill (fill=True)"
            )
        long.notes.append(f"gaps filled by the value before: {told}; first {self.first}")


def _strands(long: _Long, clock: Clock) -> list[Strand]:
    gaps, found = _Gaps(), []
    for number, rows in long.rows.groupby("series", sort=True):
        strand = _strand(long, rows, long.names[int(number)], clock, gaps)  # type: ignore[call-overload]
        found += [] if strand is None else [strand]
    if not found:
        raise UserError(f"{long.what}: not one value to forecast from")
    gaps.settle(long)
    return found


def _strand(
    long: _Long, rows: pd.DataFrame, name: Hashable, clock: Clock, gaps: _Gaps
) -> Strand | None:
    """A series from its first value to its last; what is known beforehand may go on."""
    there = np.flatnonzero(rows["y"].notna())
    if not len(there):
        long.notes.append(f"left out: series {name!r}: {len(rows):,} rows, not one value")
        return None
    if there[0]:
        long.notes.append(f"left out: {there[0]:,} rows before the first value of {name!r}")
    known = [*long.layout.future_covariates]
    steps = rows["step"].to_numpy() - rows["step"].iloc[there[0]]
    size = int(steps[there[-1]]) + 1
    times = clock.grid(rows["time"].iloc[there[0]], size)
    end = int(steps[-1]) + 1 if known else size
    if not known and len(rows) - 1 > there[-1]:
        long.notes.append(
            f"left out: {len(rows) - 1 - there[-1]:,} rows after the last value of {name!r}"
        )

    def dense(columns: list[str], count: int) -> np.ndarray:
        made = np.full((count, len(columns)), np.nan)
        inside = (steps >= 0) & (steps < count)
        made[steps[inside]] = rows.loc[inside, columns].to_numpy()
        return gaps.filled(made, columns, name, times)

    return Strand(
        name=name,
        times=times,
        y=dense(["y"], size)[:, 0],
        past_covariates=dense(long.seen, size),
        future_covariates=dense(known, end),
    )
