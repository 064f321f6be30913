"""Numbers, also those written as words: "1,234", " 5 ", "12 %", "€ 3,50"; and truth values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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

_PATTERNS: Mapping[Style, re.Pattern[str]] = {
    "point": re.compile(r"[+-]?((\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE),
    "comma": re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d*)?"),
}
_UNITS = re.compile(r"[\s$€£¥'’]")  # around a number, or between its thousands
_TRUTHS = {"true": 1.0, "false": 0.0}
_INFINITE = ("inf", "-inf", "infinity", "-infinity")


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
    def fit(cls, name: str, column: pd.Series) -> tuple[Number, np.ndarray]:
        """A column not scaled yet, and its numbers, NaN for gaps, to take mean and spread of."""
        style = style_of(column) or "point"
        values = parse(column, style)
        plain = values if is_numeric_dtype(column) else parse_plainly(column)
        gone = np.isnan(values)
        words = pd.unique(column[gone & column.notna().to_numpy()].astype(str))
        values = np.where(wild(values), np.nan, values)
        other = np.flatnonzero(~np.isnan(values) & ~(plain == values))
        read = (str(column.iloc[other[0]]), float(values[other[0]])) if len(other) else None
        gaps = int(np.isnan(values).sum())
        if gaps == len(values):
            values = np.zeros(len(values))
        median = float(np.nanmedian(values))
        return cls(name, 0.0, 1.0, median, gaps, style, read, tuple(words[:3])), values

    def encode(self, column: pd.Series) -> tuple[np.ndarray, list[str]]:
        """The scaled numbers `(n, 1)`, or `(n, 2)` where gaps are told; and what is to be said.

        Raises:
            UserError: not one of the values is a number, and words stand in their place.
        """
        values = parse(column, self.style)
        missing = column.isna().to_numpy(dtype=bool)
        words = np.isnan(values) & ~missing
        if words.any() and not np.isfinite(values).any():
            raise UserError(f"column {self.name!r} holds words; in training it held numbers")
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (values - self.mean) / self.spread
        beyond = wild(values) | wild(scaled)
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


def style_of(column: pd.Series) -> Style | None:
    """How the numbers of a column are written; None where most of its values are none."""
    if is_numeric_dtype(column) or is_timedelta64_dtype(column):
        return "truth" if is_bool_dtype(column) else "point"
    words = pd.Series(column.dropna().astype(str))
    if len(words) and words.str.strip().str.lower().isin(_TRUTHS).mean() >= MOSTLY:
        return "truth"
    different = words.unique()
    few = pd.Series(different[:: max(1, len(different) // LOOK)])
    shares: dict[Style, float] = {}
    for style in _PATTERNS:
        if len(few) and np.isfinite(parse(few, style)).mean() >= MOSTLY / 2:
            shares[style] = float((~np.isnan(parse(words, style))).mean())
    best = max(shares, key=lambda style: shares[style], default=None)
    return best if best and shares[best] >= MOSTLY else None


def parse(column: pd.Series, style: Style) -> np.ndarray:
    """The numbers of a column, `(n,)`; what is missing or no number becomes NaN.

    Raises:
        UserError: complex numbers.
    """
    if is_complex_dtype(column):
        raise UserError(f"column {column.name!r} holds complex numbers: part them in two columns")
    if is_timedelta64_dtype(column):
        return column.dt.total_seconds().to_numpy(dtype=float, na_value=np.nan)
    if is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    codes, different = pd.factorize(column.astype("str"))  # each word once
    return np.array([*(_read(word, style) for word in different), np.nan])[codes]


def parse_plainly(column: pd.Series) -> np.ndarray:
    """The numbers of a column that are written as programs write them, `(n,)`; else NaN."""
    return np.asarray(pd.to_numeric(pd.Series(column), errors="coerce"), dtype=float)


def _read(word: str, style: Style) -> float:
    """The number that a word writes, or NaN."""
    if word.strip().lower() in _TRUTHS and style == "truth":
        return _TRUTHS[word.strip().lower()]
    if word.strip().lower() in _INFINITE:
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


def wild(values: np.ndarray) -> np.ndarray:
    """Where numbers are infinite, or beyond what a model's 32 bits hold."""
    return np.abs(values) > LARGEST
