"""What a column holds: its kind, gaps, range, and how its values are spread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from nna.data.columns import date_parsing, numbers, one_hot
from nna.data.columns.kinds import Kind, kind_of
from nna.data.columns.reading import Readings
from nna.errors import UserError

BINS = 20
COMMON = 8  # words told with how often they stand


def facts(name: str, column: pd.Series, how: str | None = None) -> dict[str, Any]:
    """Facts on a column, as plain data.

    Args:
        name: of the column.
        column: its values.
        how: it writes dates, where the user says so.

    Returns:
        name; kind; missing and infinite (numbers of values); distinct; min, mean, max (of numbers;
        of dates min and max, as words); common (words to how often they stand); histogram (edges,
        counts).
    """
    about: dict[str, Any] = {
        "name": name,
        "kind": kind(name, column),
        "missing": int(column.isna().sum()),
        "infinite": 0,
        "distinct": int(column.astype("str").nunique() if _mixed(column) else column.nunique()),
        "min": None,
        "mean": None,
        "max": None,
        "common": {},
        "histogram": None,
    }
    if style := numbers.style_of(column):
        return about | _of_numbers(numbers.parse(column, style), column)
    reading = date_parsing.find(column, name, how)
    if reading is not None and not reading.refused:
        seconds = date_parsing.parse(column, reading.format)
        known = seconds[~np.isnan(seconds)]
        if len(known):
            low, high = (date_parsing.shown(end // 60 * 60) for end in (known.min(), known.max()))
            about |= {"kind": "date", "min": low, "max": high, "histogram": histogram(known)}
        return about
    common = one_hot.as_words(column).value_counts().to_dict()
    first = sorted(common, key=lambda word: -common[word])[:COMMON]
    return about | {"common": {str(word)[:40]: int(common[word]) for word in first}}


def kind(name: str, column: pd.Series) -> Kind:
    """The kind of a column; of values that no model takes, words."""
    try:
        return kind_of(name, column)
    except UserError:
        return "words"


def _mixed(column: pd.Series) -> bool:
    return column.dtype == object


def _of_numbers(values: np.ndarray, column: pd.Series) -> dict[str, Any]:
    infinite = np.isinf(values)
    finite = values[np.isfinite(values)]
    about: dict[str, Any] = {"infinite": int(infinite.sum())}
    if len(finite):
        figures = (finite.min(), finite.mean(), finite.max())
        about |= dict(zip(("min", "mean", "max"), map(float, figures), strict=True))
        about["histogram"] = histogram(finite)
    return about


def histogram(values: np.ndarray) -> dict[str, list[float]] | None:
    """How many values lie in each of twenty equal intervals; None where 64 bits can't hold them."""
    with np.errstate(over="ignore"):
        spread = np.ptp(values)
    if not np.isfinite(spread):
        return None
    try:
        counts, edges = np.histogram(values, BINS)
    except ValueError:  # values so large, or so close, that intervals would share their ends
        return None
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def recount(
    columns: list[dict[str, Any]], frames: Iterable[pd.DataFrame], readings: Readings
) -> None:
    """Count anew what a drawn part can't tell: gaps and ranges over the whole file.

    Args:
        columns: facts of a drawn part; missing, infinite, min, mean and max are replaced.
        frames: the whole file, piece by piece.
        readings: how its columns are read.
    """
    sums = {of["name"]: _Running(of, readings[of["name"]].style or "point") for of in columns}
    for frame in frames:
        for name in frame.columns:
            if str(name) in sums:
                sums[str(name)].add(pd.Series(frame[name]))
    for of in columns:
        of |= sums[of["name"]].figures()


class _Running:
    """Gaps and range of a column that passes by in pieces."""

    def __init__(self, about: dict[str, Any], style: numbers.Style) -> None:
        self.style: numbers.Style = style
        self.missing = self.infinite = self.known = 0
        self.low, self.high, self.sum = np.inf, -np.inf, 0.0
        self.numeric = about["mean"] is not None

    def add(self, column: pd.Series) -> None:
        self.missing += int(column.isna().sum())
        if not self.numeric:
            return
        values = numbers.parse(column, self.style)
        self.infinite += int(np.isinf(values).sum())
        finite = values[np.isfinite(values)]
        if len(finite):
            self.known += len(finite)
            self.low, self.high = min(self.low, finite.min()), max(self.high, finite.max())
            self.sum += float(finite.sum())

    def figures(self) -> dict[str, Any]:
        found: dict[str, Any] = {"missing": self.missing}
        if self.numeric and self.known:
            found |= {"infinite": self.infinite, "min": float(self.low), "max": float(self.high)}
            found["mean"] = self.sum / self.known
        return found
