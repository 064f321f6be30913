"""Numbers, also those written as words: "1,234", " 5 ", "12 %", "€ 3,50"; and truth values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Literal

import numpy as np
import pandas as pd
from pandas.api.types import (
    is_bool_dtype,
    is_complex_dtype,
    is_numeric_dtype,
    is_timedelta64_dtype,
)

from nna.errors import UserError

Style = Literal["point", "comma", "truth"]  # 1,234.5; 1.234,5; true and false

LARGEST = float(np.finfo(np.float32).max)
MOSTLY = 0.9  # share of a column's words that must be numbers for the column to be one of numbers
LOOK = 500  # different words that are looked at before all are

_PATTERNS: Mapping[Style, re.Pattern[str]] = {  # a group of thousands never begins with 0
    "point": re.compile(
        r"[+-]?(([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE
    ),
    "comma": re.compile(
        r"[+-]?(([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d*)?|,\d+)(e[+-]?\d+)?", re.IGNORECASE
    ),
}
_UNITS = re.compile(r"[\s$€£¥'’]")  # around a number, or between its thousands
_TRUTHS = {"true": 1.0, "false": 0.0}
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A column of numbers: brought to mean 0, spread 1; gaps filled, and told by a second column.

    All figures are of the training part.
    """

    name: str
    mean: float
    spread: float
    fill: float  # the median, for gaps
    gaps: int  # in the training part; where there were some, a further column tells them
    style: Style = "point"
    read: tuple[str, float] | None = None  # a word that isn't written as numbers are, and its value
    odd: tuple[str, ...] = ()  # words that are no numbers, taken as gaps: the first three

    @classmethod
    def fit(
        cls,
        name: str,
        column: pd.Series,
        style: Style | None = None,
        read: tuple[str, float] | None = None,
    ) -> tuple[Number, np.ndarray]:
        """A column not scaled yet, and its numbers, NaN for gaps, to take mean and spread of.

        Args:
            name: of the column.
            column: its values.
            style: how its words write numbers; None: as they look.
            read: a word that isn't written as programs write numbers, and its value, where the
                column holds the values already.
        """
        style = style or style_of(column) or "point"
        values = parse(column, style)
        gone = np.isnan(values)
        words = pd.unique(column[gone & column.notna().to_numpy()].astype(str))
        values = np.where(beyond_float32(values), np.nan, values)
        gaps = int(np.isnan(values).sum())
        if gaps == len(values):
            values = np.zeros(len(values))
        median = float(np.nanmedian(values))
        read = read or example(column, style)
        return cls(name, 0.0, 1.0, median, gaps, style, read, tuple(words[:3])), values

    def encode(self, column: pd.Series) -> tuple[np.ndarray, list[str]]:
        """The scaled numbers `(n, 1)`, or `(n, 2)` where gaps are told; and what is to be said.

        Raises:
            UserError: not one of the values is a number, and words stand in their place, of which
                training met none.
        """
        values = parse(column, self.style)
        missing = column.isna().to_numpy(dtype=bool)
        words = np.isnan(values) & ~missing
        if words.any() and not self.odd and not np.isfinite(values).any():
            raise UserError(f"column {self.name!r} holds words; in training it held numbers")
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (values - self.mean) / self.spread
        beyond = beyond_float32(values) | beyond_float32(scaled)
        told = []
        for bad, what in (
            (words, "no numbers"),
            (beyond, "infinite or too large"),
            (missing & (self.gaps == 0), "missing"),
        ):
            if count := int(bad.sum()):
                told.append(f"column {self.name!r}: {count:,} values {what}: filled by the median")
        gaps = np.isnan(scaled) | beyond
        filled = np.where(gaps, (self.fill - self.mean) / self.spread, scaled)
        columns = [filled, gaps] if self.gaps else [filled]
        return np.stack(columns, axis=1).astype(np.float32), told

    def labels(self) -> list[str]:
        """The names of the columns that `encode` gives."""
        return [self.name, f"{self.name}: missing"][: 2 if self.gaps else 1]


def style_of(column: pd.Series, comma: bool | None = None) -> Style | None:
    """How the numbers of a column are written; None where most of its values are none.

    Args:
        column: its values; categories are words, whatever they look like.
        comma: whether commas mark decimals in its table, where the column itself doesn't tell;
            None: nothing tells, and they part thousands.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return None
    if is_numeric_dtype(column) or is_timedelta64_dtype(column):
        return "truth" if is_bool_dtype(column) else "point"
    words = pd.Series(column.dropna().astype(str))
    if len(words) and words.str.strip().str.lower().isin(_TRUTHS).mean() >= MOSTLY:
        return "truth"
    likely = _likely(column)
    return "comma" if comma and "comma" in likely else likely[0] if likely else None


def unsure(column: pd.Series) -> str | None:
    """A word whose mark may part decimals or thousands, where no other value tells which."""
    if is_numeric_dtype(column) or not hasattr(column, "str"):
        return None
    shares = _shares(column)
    if len(shares) < 2 or len(set(shares.values())) > 1 or shares["point"] < MOSTLY:
        return None
    differs = parse(column, "point") != parse(column, "comma")
    rows = np.flatnonzero(differs & ~np.isnan(parse(column, "point")))
    return str(column.iloc[rows[0]]) if len(rows) else None


def proves(column: pd.Series) -> Style | None:
    """The style that the marks of a column's numbers prove; None where they prove none."""
    likely = _likely(column)
    return likely[0] if len(likely) == 1 else None


def _likely(column: pd.Series) -> list[Style]:
    """The styles that read most of a column, and each as much of it."""
    shares = _shares(column)
    best = max(shares.values(), default=0.0)
    return [style for style in shares if shares[style] == best >= MOSTLY]


def _shares(column: pd.Series) -> dict[Style, float]:
    """The share of a column's values that each style reads, where that is half of them or more."""
    different = column.dropna().unique()
    few = pd.Series(different[:: max(1, len(different) // LOOK)], dtype=column.dtype)
    shares: dict[Style, float] = {}
    for style in _PATTERNS:
        if len(few) and np.isfinite(parse(few, style)).mean() >= MOSTLY / 2:
            shares[style] = float((~np.isnan(parse(column.dropna(), style))).mean())
    return shares


def example(column: pd.Series, style: Style) -> tuple[str, float] | None:
    """The first word of a column that isn't written as programs write numbers, and its value."""
    if is_numeric_dtype(column) or style == "truth":
        return None
    values, plain = parse(column, style), parse_plainly(column)
    other = np.flatnonzero(~np.isnan(values) & ~(plain == values))
    return (str(column.iloc[other[0]]), float(values[other[0]])) if len(other) else None


def parse(column: pd.Series, style: Style) -> np.ndarray:
    """The numbers of a column, `(n,)`; what is missing or no number becomes NaN.

    Each value is read by itself: what stands beside it makes no difference.

    Raises:
        UserError: complex numbers.
    """
    if is_complex_dtype(column):
        raise UserError(f"column {column.name!r} holds complex numbers: part them in two columns")
    if is_timedelta64_dtype(column):
        return column.dt.total_seconds().to_numpy(dtype=float, na_value=np.nan)
    if is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    if column.dtype == object:
        return np.array([_value(value, style) for value in column], dtype=float)
    codes, different = pd.factorize(column.astype("str"))  # each word once
    return np.array([*(_read(word, style) for word in different), np.nan])[codes]


def parse_plainly(column: pd.Series) -> np.ndarray:
    """The numbers of a column that are written as programs write them, `(n,)`; else NaN."""
    words = column.astype("str") if column.dtype == object else column
    return np.asarray(pd.to_numeric(words, errors="coerce"), dtype=float)


def _value(value: object, style: Style) -> float:
    """What a value is as a number: a number is itself, however words write theirs."""
    if isinstance(value, int | float | Real | Decimal | np.bool_):
        try:
            return float(value)
        except OverflowError:  # a whole number beyond 64 bits
            return -np.inf if str(value).startswith("-") else np.inf
    return np.nan if pd.isna(value) else _read(str(value), style)  # type: ignore[arg-type]


def _read(word: str, style: Style) -> float:
    """The number that a word writes, or NaN."""
    if word.strip().lower() in _TRUTHS and style == "truth":
        return _TRUTHS[word.strip().lower()]
    if _INFINITE.fullmatch(word.strip()):
        return float(word)
    pattern = _PATTERNS["comma" if style == "comma" else "point"]
    bare = _UNITS.sub("", word).replace("−", "-")
    share = bare.endswith("%")
    bare = bare.removesuffix("%")
    if not pattern.fullmatch(bare):
        return np.nan
    if style == "comma":
        bare = bare.replace(".", "").replace(",", ".")
    return float(bare.replace(",", "")) / (100 if share else 1)


def beyond_float32(values: np.ndarray) -> np.ndarray:
    """Where numbers are infinite, or beyond what a model's 32 bits hold."""
    return np.abs(values) > LARGEST
