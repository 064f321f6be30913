"""Words that write dates, as seconds since 1970: which there are, and what each says."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

ISO = "ISO8601"
DAY, MONTH = "day-first", "month-first"
SECONDS = 86_400  # a day

_TIME = (
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d(?:[.,]\d+)?))?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?"
)
_YEAR, _DAY, _MONTH = r"(?P<year>[12]\d{3})", r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})"
_NAME = r"(?P<name>[a-z]{3,9})\.?"
MARKS = "/.-"
TRIPLES = {
    DAY: {f"%d{m}%m{m}%Y": rf"{_DAY}\{m}{_MONTH}\{m}{_YEAR}{_TIME}" for m in MARKS},
    MONTH: {f"%m{m}%d{m}%Y": rf"{_MONTH}\{m}{_DAY}\{m}{_YEAR}{_TIME}" for m in MARKS},
}
FORMATS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        ISO: rf"{_YEAR}-{_MONTH}(?:-{_DAY}{_TIME})?",
        "%Y%m%dT%H%M%S": (
            rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)T(?P<hour>\d\d)(?P<minute>\d\d)"
            r"(?P<second>\d\d)?(?P<zone>Z)?"
        ),
        "%Y/%m/%d": rf"{_YEAR}/{_MONTH}/{_DAY}{_TIME}",
        "%Y.%m.%d": rf"{_YEAR}\.{_MONTH}\.{_DAY}{_TIME}",
        **TRIPLES[DAY],
        **TRIPLES[MONTH],
        "%d %b %Y": rf"{_DAY}[ .-]*{_NAME}[ ,-]*{_YEAR}{_TIME}",
        "%b %d, %Y": rf"{_NAME} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}{_TIME}",
        "%b %Y": rf"{_NAME}[ /-]{_YEAR}",
        "%YM%m": rf"{_YEAR}[ -]?M{_MONTH}",
        "%Y/%m": rf"{_YEAR}/{_MONTH}",
        "%m/%Y": rf"{_MONTH}/{_YEAR}",
        "%YQ%q": rf"{_YEAR}[ -]?Q(?P<quarter>[1-4])",
        "Q%q %Y": rf"Q(?P<quarter>[1-4])[ /-]?{_YEAR}",
        "%G-W%V": rf"{_YEAR}[ -]?W(?P<week>\d{{1,2}})(?:-?(?P<day>[1-7]))?",
        "%Y%m%d": rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)",
        "%Y": _YEAR,
    }.items()
}
PLAIN = ("%Y%m%d", "%Y")  # numbers unless the column holds times
YEAR = re.compile(r"[12]\d{3}")  # a year, without which there is no date
SHORT = re.compile(rf"\d{{1,2}}([{MARKS}])\d{{1,2}}\1\d\d(?!\d){_TIME}", re.IGNORECASE)
_SHORT_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_LONG_NAMES = (
    "january february march april may june july august september october november december sept"
)


def values(words: np.ndarray, how: str) -> np.ndarray:
    """Seconds since 1970 of words, NaN for those of another format."""
    how = how.replace("%B", "%b")
    if how not in FORMATS:
        times = pd.to_datetime(pd.Series(words), format=how, errors="coerce", utc=True)
        ticks = pd.DatetimeIndex(times).as_unit("us")
        return np.where(ticks.isna(), np.nan, ticks.asi8 / 1e6)
    pattern = FORMATS[how]
    found = [(i, m) for i, word in enumerate(words) if (m := pattern.fullmatch(word))]
    seconds = np.full(len(words), np.nan)
    for i, m in found:
        seconds[i] = _seconds(m.groupdict())
    return seconds


def _seconds(of: Mapping[str, str | None]) -> float:
    """Seconds since 1970 of the parts of a date; NaN where there is no such day or time."""
    try:
        day = _day(of)
        clock = _clock(of)
    except ValueError:
        return np.nan
    return (day.toordinal() - datetime.date(1970, 1, 1).toordinal()) * SECONDS + clock


def _day(of: Mapping[str, str | None]) -> datetime.date:
    year = int(of["year"] or 0)
    if week := of.get("week"):
        return datetime.date.fromisocalendar(year, int(week), int(of["day"] or 1))
    if quarter := of.get("quarter"):
        return datetime.date(year, 3 * int(quarter) - 2, 1)
    month = int(of.get("month") or 1)
    if "name" in of:
        word, short = (of["name"] or "").lower(), _SHORT_NAMES.split()
        known = word in short or word in _LONG_NAMES.split()
        month = 1 + [*map(str, short)].index(word[:3]) if known else 0
    return datetime.date(year, month, int(of.get("day") or 1))


def _clock(of: Mapping[str, str | None]) -> float:
    """Seconds since midnight, universal time."""
    if not of.get("hour"):
        return 0.0
    hour, minute = int(of["hour"] or 0), int(of["minute"] or 0)
    second = float((of["second"] or "0").replace(",", "."))
    if half := of.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + 12 * (half.lower() == "p")
    if hour > 23 or minute > 59 or second >= 60:
        raise ValueError
    zone = of.get("zone") or ""
    ahead = 0
    if zone[:1] in ("+", "-"):
        digits = zone[1:].replace(":", "").ljust(4, "0")
        ahead = (3600 * int(digits[:2]) + 60 * int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    return 3600 * hour + 60 * minute + second - ahead


def shown(seconds: float) -> str:
    """A moment for people: a date, and its time where it isn't midnight."""
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=float(seconds))
    return moment.isoformat(" ").removesuffix(" 00:00:00")
