"""Dates and times: the one place that decides how a column writes them, and reads them so.

A column is read in one way, decided by all of its values: ISO without question; the day or the
month first as a value above 12 proves; refused where the values prove neither, and both are shown.
The way of writing is a word ("ISO8601", "%d/%m/%Y"), kept in a run's record and in force at
prediction.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from nna.data.columns.date_words import (
    DAY,
    FORMATS,
    ISO,
    MARKS,
    MONTH,
    PLAIN,
    SHORT,
    TRIPLES,
    YEAR,
    shown,
    values,
)
from nna.data.columns.numbers import MOSTLY, style_of
from nna.errors import UserError

GIVEN = "given"  # no words: dates already
NUMBERS = "numbers"  # that order rows and are no dates
LOOK = 200  # different words that are looked at before all are
EPOCHS = {"epoch s": 1.0, "epoch ms": 1e-3, "epoch us": 1e-6, "epoch ns": 1e-9}  # in seconds
LEAST = 1_010_000  # the smallest 01012024
SINCE, UNTIL = 31_536_000, 4_102_444_800  # seconds: from 1971 on, before 2100
NAMED = (
    "date datetime time timestamp ts ds when year month week day hour epoch".split()  # noqa: SIM905
)  # words of names of columns that hold times

_REMEDY = "or write dates as 2024-01-31"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a column writes dates; or why that can't be known, with both readings of a value."""

    format: str
    refused: str = ""


def holds_times(name: str) -> bool:
    """Whether a column's name says so: one of its words is date, time, year, timestamp, ds, ...

    Words end at what is no letter, and where a capital follows a small letter.
    """
    parts = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return any(word in NAMED for word in re.split(r"[^a-z]+", parts.lower()))


# --- how a column is written -----------------------------------------------------------------


def find(column: pd.Series, name: str = "", how: str | None = None) -> Reading | None:
    """How a column writes dates; None: it holds none.

    Words alone are dates, and what pandas or Python hold as such; numbers are numbers (see
    `moments` for those of a column of times).

    Args:
        column: its values as they came, gaps and all.
        name: of the column; two-digit years are looked for in one that holds times alone.
        how: "day-first", "month-first" or a format of `strptime`, as the user says; None: as the
            values prove.
    """
    if is_datetime64_any_dtype(column):
        return Reading(GIVEN)
    if is_numeric_dtype(column):
        return None
    known = column.dropna()
    if len(known) and isinstance(known.iloc[0], datetime.date):
        return _objects(known)
    words = pd.unique(known.astype("str").str.strip())
    if how is not None and "%" in how:
        return Reading(how)
    return _written(words, name, how)


def _objects(known: pd.Series) -> Reading | None:
    """Dates of Python's own."""
    values = known.to_numpy(dtype=object)
    if not all(isinstance(value, datetime.date) for value in values):
        return None
    zones = [getattr(value, "tzinfo", None) is not None for value in values]
    if any(zones) and not all(zones):
        pair = values[zones.index(True)], values[zones.index(False)]
        return Reading(GIVEN, _half_zoned(*map(str, pair)))
    return Reading(GIVEN)


def _written(words: np.ndarray, name: str, how: str | None) -> Reading | None:
    few = words[:: max(1, len(words) // LOOK)]
    if np.mean([bool(YEAR.search(word)) for word in few] or [False]) < MOSTLY / 2:
        return _short(few, name)
    likely = [one for one in FORMATS if one not in PLAIN and _share(few, one) >= MOSTLY / 2]
    if not likely:
        return _short(few, name)
    shares = {one: _share(words, one) for one in likely}
    best = max(likely, key=lambda one: shares[one])
    rival = _other(best)
    if shares[best] < MOSTLY and not (rival and _either(words, best, rival) >= MOSTLY):
        return None
    reading = _ordered(words, best, rival, how) if rival else Reading(best)
    return reading if reading.refused else Reading(reading.format, _mixed(words, reading.format))


def _share(words: np.ndarray, how: str) -> float:
    return float((~np.isnan(values(words, how))).mean()) if len(words) else 0.0


def _other(how: str) -> str | None:
    """The same marks with the day and the month in the other order."""
    for one, other in ((DAY, MONTH), (MONTH, DAY)):
        if how in TRIPLES[one]:
            return list(TRIPLES[other])[list(TRIPLES[one]).index(how)]
    return None


def _either(words: np.ndarray, one: str, other: str) -> float:
    return float((~np.isnan(values(words, one)) | ~np.isnan(values(words, other))).mean())


def _ordered(words: np.ndarray, best: str, rival: str, how: str | None) -> Reading:
    """The day or the month first, as the values prove or as the user says."""
    day, month = (best, rival) if best in TRIPLES[DAY] else (rival, best)
    by_day, by_month = values(words, day), values(words, month)
    days, months = np.isnan(by_month) & ~np.isnan(by_day), np.isnan(by_day) & ~np.isnan(by_month)
    if days.any() and months.any():
        first, second = words[days][0], words[months][0]
        why = f"{first!r} has the day first and {second!r} the month: write dates as 2024-01-31"
        return Reading(day, why)
    proven = DAY if days.any() else MONTH if months.any() else None
    if how and proven and how != proven:
        word = words[days if proven == DAY else months][0]
        return Reading(day, f"{word!r} can't be read {how}: the column is {proven}")
    if chosen := how or proven:
        return Reading(day if chosen == DAY else month)
    differ = np.flatnonzero(by_day != by_month)
    at = int(differ[0]) if len(differ) else 0
    one, other = shown(by_day[at]), shown(by_month[at])
    return Reading(
        day,
        f"{words[at]!r} is {one} with the day first and {other} with the month first, and no value "
        f"proves which: say --dates day-first or --dates month-first (dates=), {_REMEDY}",
    )


def _short(few: np.ndarray, name: str) -> Reading | None:
    """Two-digit years leave the century open, and which number is the year."""
    if not holds_times(name) or not len(few):
        return None
    fits = [bool(SHORT.fullmatch(word)) for word in few]
    if np.mean(fits) < MOSTLY:
        return None
    word = str(few[fits.index(True)])
    mark = next(m for m in MARKS if m in word)
    year = word.split(mark)[2][:2]
    form = f"%d{mark}%m{mark}%y"
    return Reading(
        form,
        f"{word!r} has a year of two digits, 19{year} or 20{year}: say its format, such as "
        f"--dates {name}={form} (dates=; 69 to 99 are then of the 1900s), {_REMEDY}",
    )


def _mixed(words: np.ndarray, how: str) -> str:
    """Why values of one format can't be put in order: only some have a day, or only some a zone."""
    pattern = FORMATS[how]
    matches = [(str(word), m) for word in words if (m := pattern.fullmatch(word))]
    if "day" in pattern.groupindex:
        whole = [bool(m["day"]) for _, m in matches]
        if any(whole) and not all(whole):
            day, span = matches[whole.index(True)][0], matches[whole.index(False)][0]
            return f"{day!r} is a day and {span!r} a longer span: write all as days or none"
    if "zone" in pattern.groupindex:
        zones = [bool(m["zone"]) for _, m in matches]
        if any(zones) and not all(zones):
            return _half_zoned(matches[zones.index(True)][0], matches[zones.index(False)][0])
    return ""


def _half_zoned(one: str, other: str) -> str:
    return f"{one!r} has a time zone and {other!r} has none: give all of them one, or none"


# --- reading ---------------------------------------------------------------------------------


def parse(column: pd.Series, how: str) -> np.ndarray:
    """Seconds since 1970, universal time, `(n,)`; NaN for what is missing or no date.

    Months, quarters and weeks (of ISO 8601, from Monday on) are read as their first day.

    Args:
        column: words, numbers or dates.
        how: a format as `find` or `moments` gives it, or one of `strptime`.
    """
    if _given(column):
        times = pd.to_datetime(column, errors="coerce", utc=True)
        ticks = pd.DatetimeIndex(times).as_unit("us")
        return np.where(ticks.isna(), np.nan, ticks.asi8 / 1e6)
    if how in EPOCHS or how == NUMBERS:
        numbers = np.asarray(pd.to_numeric(column, errors="coerce"), dtype=float)
        return numbers * EPOCHS.get(how, 1.0)
    if is_numeric_dtype(column) and not is_bool_dtype(column):
        known = column.dropna()
        words = pd.Series([f"{value:.0f}" for value in known], index=known.index, dtype="str")
        column = words.reindex(column.index)
    codes, different = pd.factorize(column.astype("str").str.strip())
    how = ISO if how == GIVEN else how  # words where there were dates: nothing else is sure
    return np.array([*values(np.asarray(different, dtype=object), how), np.nan])[codes]


def _given(column: pd.Series) -> bool:
    """Whether a column holds dates already, of pandas or of Python."""
    first = column.dropna().iloc[:1]
    return is_datetime64_any_dtype(column) or (
        len(first) > 0 and isinstance(first.iloc[0], datetime.date)
    )


# --- columns that must be times --------------------------------------------------------------


def moments(column: pd.Series, what: str, how: str | None = None) -> tuple[np.ndarray, str]:
    """When each row was: seconds since 1970, or whatever numbers order the rows; and the format.

    The column holds times, because it is called so or because the user says so: numbers of eight
    digits are dates such as 20240131, those of ten and more seconds, milliseconds, microseconds or
    nanoseconds since 1970, those of four years; all others count on their own.

    Args:
        column: one value a row.
        what: its name, for messages: "column 'ds'".
        how: as the user says the dates are written, or as a run's record has it; see `find`.

    Raises:
        UserError: a value is missing, is no time, or can be read in two ways.
    """
    if len(bad := np.flatnonzero(column.isna())):
        raise UserError(
            f"{what} has gaps ({len(bad):,} values missing): rows can't be put in order"
        )
    plain = column
    if not is_numeric_dtype(column) and not is_datetime64_any_dtype(column):
        words = column.astype("str").str.strip()
        plain = pd.to_numeric(words) if words.str.fullmatch(r"\d+(\.0*)?").all() else column
    if is_bool_dtype(plain):
        raise UserError(f"{what} holds truth values, neither numbers nor dates")
    if is_numeric_dtype(plain):
        known = how in (*EPOCHS, *PLAIN, NUMBERS)
        form = str(how) if known else _numbered(np.asarray(plain, dtype=float), what)
        return _whole(column, parse(pd.Series(plain), form), what), form
    format = _decided(column, what, how)
    return _whole(column, parse(column, format), what), format


def _decided(column: pd.Series, what: str, how: str | None) -> str:
    if how in FORMATS:
        return str(how)
    reading = find(column, "time", None if how in (GIVEN, NUMBERS, *EPOCHS) else how)
    if reading is None:
        share = max((_share(pd.unique(column.astype("str").str.strip()), f), f) for f in FORMATS)
        if not share[0]:
            word = str(column.iloc[0])
            raise UserError(f"{what}: {word!r} is no date, and no number: write 2024-01-31")
        return share[1]
    if reading.refused:
        raise UserError(f"{what}: {reading.refused}")
    return reading.format


def _whole(column: pd.Series, seconds: np.ndarray, what: str) -> np.ndarray:
    if len(bad := np.flatnonzero(~np.isfinite(seconds))):
        word = str(column.iloc[int(bad[0])])
        raise UserError(
            f"{what}: {word!r} is no date that the others agree with: write dates as 2024-01-31"
        )
    return seconds


def _numbered(numbers: np.ndarray, what: str) -> str:
    """What numbers in a column of times are."""
    ends = np.array([numbers.min(), numbers.max()])
    fits = {u: (ends * size >= SINCE) & (ends * size < UNTIL) for u, size in EPOCHS.items()}
    for unit, both in fits.items():
        if both.all():
            return unit
    if all(any(both[end] for both in fits.values()) for end in (0, 1)):
        raise UserError(
            f"{what}: {ends[0]:.0f} and {ends[1]:.0f} are times since 1970 in different units: "
            "bring all in one"
        )
    whole = not (numbers % 1).any()
    for form in PLAIN:
        if whole and not np.isnan(parse(pd.Series(numbers), form)).any():
            return form
    if whole and (numbers >= LEAST).all() and (numbers < 100 * LEAST).all():
        words = np.array([f"{value:08.0f}" for value in numbers], dtype=object)
        if any(not np.isnan(values(words, form)).any() for form in ("%d%m%Y", "%m%d%Y")):
            raise UserError(
                f"{what}: {words[0]} seems to be a date that begins with the day or the month: "
                "write it as 2024-01-31"
            )
    return NUMBERS


# --- what the user says ----------------------------------------------------------------------


def said(asked: str | Sequence[str] | None) -> dict[str, str]:
    """What `--dates` says: a way of writing for all columns (under "") or for one.

    Args:
        asked: "day-first", "month-first", "COLUMN=day-first", "COLUMN=%d.%m.%y" and the like.

    Raises:
        UserError: neither an order nor a format.
    """
    found = {}
    for one in [asked] if isinstance(asked, str) else asked or ():
        name, equals, how = one.rpartition("=")
        if how not in (DAY, MONTH) and ("%" not in how or not equals):
            raise UserError(
                f"--dates {one}: say day-first or month-first, or of a column COLUMN=day-first, "
                "COLUMN=month-first or COLUMN=%d.%m.%y"
            )
        try:
            pd.to_datetime(pd.Series(["?"]), format=how if "%" in how else ISO, errors="coerce")
        except ValueError as error:
            raise UserError(f"--dates {one}: no format of dates ({error})") from error
        found[name] = how
    return found


def of_columns(frame: pd.DataFrame, asked: Mapping[str, str]) -> dict[str, str]:
    """The format of every column of dates, by all of its rows.

    Args:
        frame: a table.
        asked: as `said` gives it.

    Raises:
        UserError: a column whose dates can be read in two ways, or one that isn't there.
    """
    names = [*map(str, frame.columns)]
    if lacking := [name for name in asked if name and name not in names]:
        raise UserError(f"--dates {lacking[0]}={asked[lacking[0]]}: there is no such column")
    found = {}
    for place, name in enumerate(names):
        column = frame.iloc[:, place]
        few = column.dropna().astype("str").nunique() < 2
        if is_numeric_dtype(column) or few or style_of(column) is not None:
            continue
        reading = find(column, name, asked.get(name, asked.get("")))
        if reading is not None and reading.refused:
            raise UserError(f"column {name!r}: {reading.refused}")
        if reading is not None and reading.format != GIVEN:
            found[name] = reading.format
    return found
