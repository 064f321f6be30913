"""Series in a table: one row a time, of one series or of many, made regular and whole."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nna.data.columns import date_parsing
from nna.data.series import clocks, layout as layouts
from nna.data.series.clocks import Clock, Where
from nna.data.series.layout import Layout, LongTable, shown
from nna.errors import UserError


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
    long = layouts.read(frame.reset_index(drop=True), layout, what, where or _row)
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


def _row(*rows: int) -> str:
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}"


def _finite(long: LongTable) -> None:
    for name in ("y", *long.others):
        if len(bad := np.flatnonzero(np.isinf(long.rows[name]))):
            told = "the target" if name == "y" else f"column {name!r}"
            raise UserError(f"{long.what}: {told} is infinite at {long.place(int(bad[0]))}")


# --- regular ---------------------------------------------------------------------------------


def _clock(long: LongTable) -> Clock:
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


def _once(long: LongTable) -> None:
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

    def settle(self, long: LongTable) -> None:
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


def _strands(long: LongTable, clock: Clock) -> list[Strand]:
    gaps, found = _Gaps(), []
    for number, rows in long.rows.groupby("series", sort=True):
        strand = _strand(long, rows, long.names[int(number)], clock, gaps)  # type: ignore[call-overload]
        found += [] if strand is None else [strand]
    if not found:
        raise UserError(f"{long.what}: not one value to forecast from")
    gaps.settle(long)
    return found


def _strand(
    long: LongTable, rows: pd.DataFrame, name: Hashable, clock: Clock, gaps: _Gaps
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
