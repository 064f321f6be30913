"""Times of series: read them, find the frequency that they keep, count on from the last."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype
from pandas.tseries.frequencies import to_offset

from nna.data.columns import date_parsing
from nna.errors import UserError

NAMES = ("ds", "date", "datetime", "timestamp", "time", "month", "week", "year", "day", "hour")
SPARSE = 50  # times as many steps as times, from which a frequency doesn't fit
LONGEST = 366  # steps of a season that is assumed without being asked for
UNITS = {"s": "second", "min": "minute", "h": "hour", "D": "day", "B": "working day"}
SECONDS = {"s": 1, "min": 60, "h": 3600, "D": 86_400}
MONTHS = ("MS", "ME", "BMS", "BME", "months")  # first, last (working) day; the same day of each
LONGER = {  # an alias of pandas, in steps of a shorter one
    "W": (7, "D"),
    "QS": (3, "MS"),
    "QE": (3, "ME"),
    "YS": (12, "MS"),
    "YE": (12, "ME"),
}

Where = Callable[..., str]  # from numbers of rows to their place: "lines 7, 9"


def read(
    column: pd.Series, what: str, where: Where, how: str | None = None
) -> tuple[pd.Series, str, str]:
    """Dates or whole numbers, what is to be said of them, and the format (see `date_parsing`).

    Args:
        column: one time a row.
        what: its name, for messages: "column 'ds'".
        where: the place of a row, for messages.
        how: they are written, as the user says or a run's record has it; None: as they prove.

    Raises:
        UserError: a time is missing, is none, or could be two.
    """
    if len(bad := np.flatnonzero(column.isna())):
        raise UserError(f"{what}: {len(bad):,} times missing, first in {where(int(bad[0]))}")
    if is_datetime64_any_dtype(column):
        return column, "", date_parsing.GIVEN
    seconds, form = date_parsing.moments(column, what, how)
    if form in (date_parsing.NUMBERS, "%Y"):
        return _numbers(column, what, where), "", form
    low, high = (bound.timestamp() for bound in (pd.Timestamp.min, pd.Timestamp.max))
    if len(bad := np.flatnonzero((seconds < low) | (seconds > high))):
        raise UserError(f"{what}, {where(int(bad[0]))}: series lie between the years 1678 and 2262")
    moments = np.round(seconds * 1e6).astype("datetime64[us]")
    found = pd.Series(moments, index=column.index).dt.as_unit("ns")
    if form in date_parsing.EPOCHS:
        return found, f"{what} read as {form.split()[1]} since 1970", form
    words = column.astype(str).str.strip()
    if words.str.contains(r":.*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$", regex=True, case=False).any():
        return found.dt.tz_localize("UTC"), f"{what} read as times of UTC", form
    if form == "%Y%m%d":
        return found, f"{what} read as dates of the form 20240131", form
    said = f"{what} read as {form} ({words.iloc[0]!r} as {date_parsing.shown(seconds[0])})"
    return found, "" if form == date_parsing.ISO else said, form


def _numbers(column: pd.Series, what: str, where: Where) -> pd.Series:
    values = np.asarray(pd.to_numeric(column), dtype=float)
    if len(bad := np.flatnonzero(values % 1 != 0)):
        raise UserError(
            f"{what}, {where(int(bad[0]))}: {values[bad[0]]:g} is neither a date nor a whole number"
        )
    return pd.Series(values.astype(np.int64), index=column.index)


@dataclass(frozen=True, slots=True)
class Clock:
    """A frequency: every how many seconds, days, months or whole numbers a series has a value.

    `freq` is a whole number, an alias of pandas ("15min", "D", "B", "MS"), or "3months" for the
    same day of every third month.
    """

    freq: str

    def __str__(self) -> str:
        """In words: "every hour", "every 3 months", "every 10" (of whole numbers)."""
        count, unit = self._parts()
        if unit == "D" and count % 7 == 0:
            count, unit = count // 7, "week"
        if unit in MONTHS:
            unit = "month"
        if unit == "month" and count % 12 == 0:
            count, unit = count // 12, "year"
        unit = UNITS.get(unit, unit)
        if not unit:
            return f"every {count}"
        return f"every {unit}" if count == 1 else f"every {count} {unit}s"

    @property
    def season(self) -> int:
        """Steps after which things tend to repeat: a day, a week, a year; 1 where unknown."""
        count, unit = self._parts()
        if unit == "B":
            return 5 if count == 1 else 1
        if unit in MONTHS:
            return 12 // count if 12 % count == 0 else 1
        seconds = SECONDS.get(unit, 0) * count
        if not seconds:
            return 1
        for cycle in (86_400, 7 * 86_400):  # a day of hours, a week of days
            if seconds < cycle and cycle % seconds == 0:
                return cycle // seconds if cycle // seconds <= LONGEST else 1
        return 52 if seconds == 7 * 86_400 else 1

    def after(self, last: object, count: int) -> pd.Index:
        """The `count` times that follow the last one."""
        return self.grid(last, count + 1)[1:]

    def grid(self, first: object, count: int) -> pd.Index:
        """`count` times from the first on."""
        step, unit = self._parts()
        if not unit:
            return pd.RangeIndex(int(first), int(first) + step * count, step)  # type: ignore[call-overload]
        return pd.date_range(first, periods=count, freq=self._offset())  # type: ignore[call-overload]

    def positions(self, times: pd.Series, series: np.ndarray) -> np.ndarray | None:
        """Which step each time is, counted from an origin of its series; None: some are none.

        Args:
            times: sorted within each series.
            series: the number of the series that each belongs to.
        """
        step, unit = self._parts()
        if unit in MONTHS or unit == "B":
            low, high = times.min(), times.max()
            grid = pd.date_range(low, high, freq=self._offset())
            found = grid.get_indexer(pd.DatetimeIndex(times))
            return None if (found < 0).any() else found
        ticks = _ticks(times)
        firsts = pd.Series(ticks).groupby(series).transform("min").to_numpy()
        size = step if not unit else int(pd.Timedelta(self._offset()).as_unit("ns").value)
        return None if ((ticks - firsts) % size).any() else (ticks - firsts) // size

    def floored(self, times: pd.Series) -> pd.Series:
        """The step in which each time lies, by its beginning."""
        step, unit = self._parts()
        if not unit:
            return times // step * step
        if unit not in MONTHS and unit != "B":
            return times.dt.floor(self.freq)
        offset = self._offset()
        grid = pd.date_range(offset.rollback(times.min().normalize()), times.max(), freq=offset)
        return pd.Series(grid[grid.searchsorted(times, side="right") - 1], index=times.index)

    def _parts(self) -> tuple[int, str]:
        count, unit = re.fullmatch(r"(\d*)(.*)", self.freq).groups()  # type: ignore[union-attr]
        return int(count or 1), unit

    def _offset(self) -> pd.DateOffset:
        count, unit = self._parts()
        if unit == "months":
            return pd.DateOffset(months=count)
        return to_offset(self.freq)  # type: ignore[return-value]


def clock(freq: str) -> Clock:
    """A frequency by its name.

    Raises:
        UserError: no such frequency.
    """
    if re.fullmatch(r"[1-9]\d*|[1-9]?\d*months", freq):
        return Clock(freq)
    try:
        offset = to_offset(freq)
    except ValueError:
        offset = None
    if offset is None or offset.n < 1:
        raise UserError(f"no frequency {freq!r}; such as h, 15min, D, B, 7D, MS, ME, 3MS, 12MS")
    name = offset.rule_code.split("-")[0]
    if name in LONGER:
        times, unit = LONGER[name]
        return Clock(f"{times * offset.n}{unit}")
    return Clock(offset.freqstr)


def find(times: pd.Series, series: np.ndarray) -> Clock | None:
    """The frequency on which all times lie with the fewest steps left out; None if there is none.

    Args:
        times: sorted within each series, none twice.
        series: the number of the series that each belongs to.
    """
    ticks = _ticks(times)
    within = np.diff(series) == 0
    steps = np.diff(ticks)[within]
    if not len(steps):
        return None
    sizes, counts = np.unique(steps, return_counts=True)
    usual = int(sizes[counts.argmax()])
    best, fewest = None, None
    for one in _candidates(usual, is_datetime64_any_dtype(times)):
        found = one.positions(times, series)
        if found is None:
            continue
        count = int(np.diff(found)[within].sum())
        if count <= SPARSE * len(times) and (fewest is None or count < fewest):
            best, fewest = one, count
    return best


def _candidates(usual: int, dates: bool) -> list[Clock]:
    """Frequencies whose step is the usual one, in nanoseconds or whole numbers."""
    if not dates:
        return [Clock(str(usual))]
    days = usual / 86_400e9
    if days == 1:
        return [Clock("D"), Clock("B")]
    whole = days % 1 == 0
    fixed = Clock(f"{round(days)}D" if whole else to_offset(pd.Timedelta(usual, "ns")).freqstr)  # type: ignore[union-attr]
    months = round(days / 30.4375)
    if months < 1 or abs(days - 30.4375 * months) > 3:
        return [fixed]
    return [*(Clock(f"{'' if months == 1 else months}{kind}") for kind in MONTHS), fixed]


def _ticks(times: pd.Series) -> np.ndarray:
    """Whole numbers: nanoseconds of dates."""
    if is_datetime64_any_dtype(times):
        return times.dt.as_unit("ns").astype(np.int64).to_numpy()
    return times.to_numpy(dtype=np.int64)
