"""Dates and times, written in one of the common ways: time itself, and its cycles."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from nna.data.columns.numbers import MOSTLY
from nna.errors import UserError

GIVEN = "given"  # no words: dates already
ISO = "ISO8601"
_DAYS = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")
FORMATS = (ISO, *(day + time for day in _DAYS for time in _TIMES))
PARTS = re.compile(r"\d[-/. ,]")
LOOK = 200  # different words that are looked at before all are
DAY = 86_400  # seconds
CYCLES = {"day": DAY, "week": 7 * DAY, "year": 365.25 * DAY}  # seconds


@dataclass(frozen=True, slots=True)
class Date:
    """A column of dates: time, to mean 0 and spread 1, and the place in those cycles that vary."""

    name: str
    format: str  # as `strptime` has it, "ISO8601" or "given"
    other: str  # a second format that fits as well
    mean: float  # seconds since 1970
    spread: float
    cycles: tuple[str, ...]  # a sine and a cosine each
    gaps: int  # in the training part

    @classmethod
    def fit(cls, name: str, column: pd.Series) -> Date:
        """Learn when, how long, and which cycles tell training rows apart."""
        formats = formats_of(column)
        seconds = parse(column, formats[0])
        known = seconds[~np.isnan(seconds)]
        varies = [
            cycle
            for cycle, length in CYCLES.items()
            if np.ptp(known) > length / 12 and len(np.unique(known % length)) > 1
        ]
        other = formats[1] if len(formats) > 1 else ""
        spread = float(known.std()) or 1.0
        gaps = len(seconds) - len(known)
        return cls(name, formats[0], other, float(known.mean()), spread, tuple(varies), gaps)

    def encode(self, column: pd.Series) -> tuple[np.ndarray, list[str]]:
        """Time and cycles, `(n, width)`; and what is to be said.

        Raises:
            UserError: there are values, and not one is a date as in training.
        """
        seconds = parse(column, self.format)
        gaps, missing = np.isnan(seconds), column.isna().to_numpy(dtype=bool)
        if gaps.all() and not missing.all():
            how = "" if self.format == GIVEN else f" ({self.format})"
            first = str(column.dropna().iloc[0])
            raise UserError(
                f"column {self.name!r}: {first!r} is no date as in training{how}: write it so"
            )
        told = []
        for bad, what in ((gaps & ~missing, "no dates"), (missing & (self.gaps == 0), "missing")):
            if count := int(bad.sum()):
                told.append(f"column {self.name!r}: {count:,} values {what}: taken as the mean")
        found = [np.where(gaps, 0.0, (seconds - self.mean) / self.spread)]
        for cycle in self.cycles:
            angle = 2 * np.pi * (seconds % CYCLES[cycle]) / CYCLES[cycle]
            found += [np.where(gaps, 0.0, turn(angle)) for turn in (np.sin, np.cos)]
        if self.gaps:
            found.append(gaps.astype(float))
        return np.stack(found, axis=1).astype(np.float32), told

    def labels(self) -> list[str]:
        """The names of the columns that `encode` gives."""
        turns = [f"{turn} of the {cycle}" for cycle in self.cycles for turn in ("sine", "cosine")]
        names = ["time", *turns, *["missing"] * bool(self.gaps)]
        return [f"{self.name}: {name}" for name in names]


def formats_of(column: pd.Series) -> list[str]:
    """The ways of writing that all dates of a column fit, the likeliest first; none: no dates."""
    if is_datetime64_any_dtype(column):
        return [GIVEN]
    known = column.dropna()
    first = known.iloc[:LOOK].to_numpy(dtype=object)
    if len(first) and all(isinstance(value, datetime.date) for value in first):
        return [GIVEN]
    words = pd.Series(known.astype("str"))
    different = pd.Series(words.unique())
    few = different.iloc[:: max(1, len(different) // LOOK)]
    if not len(few) or np.mean([bool(PARTS.search(word)) for word in few]) < MOSTLY:
        return []
    likely = [f for f in FORMATS if _fits(few, f)]
    return [f for f in likely if _fits(different, f)]


def _fits(words: pd.Series, how: str) -> bool:
    return bool((~np.isnan(parse(words, how))).mean() >= MOSTLY)


def parse(column: pd.Series, how: str) -> np.ndarray:
    """Seconds since 1970, universal time, `(n,)`; NaN for what is missing or no date."""
    given = how == GIVEN or is_datetime64_any_dtype(column)
    words = column if given else column.astype("str").str.strip()
    times = pd.to_datetime(words, format=None if given else how, errors="coerce", utc=True)
    ticks = pd.DatetimeIndex(times).as_unit("us")
    return np.where(ticks.isna(), np.nan, ticks.asi8 / 1e6)
