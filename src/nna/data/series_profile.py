"""Recognise series in a table, for a first look at data."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from nna.data import series
from nna.data.series import SERIES, Layout
from nna.errors import UserError

LEAST = 8  # steps from which rows with times are a series
FEW = 0.5  # different names a row, from which a column names rows and no series


def recognise(frame: pd.DataFrame) -> dict[str, Any] | None:
    """The series that a table seems to hold; None: it holds none.

    There is a column of times on a common clock, each once in every series; if they come more
    than once, a column of words tells the series apart.

    Args:
        frame: the table as it was read.

    Returns:
        time and series (columns; series None: one series, or a column each), targets (the columns
        of values), every (the clock in words), freq (its name), count (of series), steps (of the
        longest), gaps (steps without a value), twice (rows of a time that had one already).
    """
    try:
        time = series.time_column(frame, None, "the table")
    except UserError:
        return None
    words = [c for c in frame.columns if c != time and not is_numeric_dtype(frame[c])]
    few = [c for c in words if 1 < int(pd.Series(frame[c]).nunique()) <= FEW * len(frame)]
    named = [SERIES] if SERIES in frame.columns else [None, *few]
    found = [one for name in named if (one := _look(frame, time, name)) is not None]
    return min(found, key=lambda one: one["twice"], default=None)


def _look(frame: pd.DataFrame, time: str, name: str | None) -> dict[str, Any] | None:
    """The series that one column tells apart, unless most rows come twice."""
    keys = [c for c in (name, time) if c is not None]
    twice = int(frame.duplicated(keys).sum())
    if twice > FEW * len(frame):
        return None
    try:
        panel = series.panel(frame, Layout(time=time, series=name, fill=True))
    except UserError:
        return None
    steps = max(map(len, panel.strands))
    if steps < LEAST:
        return None
    targets = _targets(frame, time, name)
    given = len(frame) - twice
    values = given * len(targets) - int(frame.drop_duplicates(keys)[targets].isna().sum().sum())
    return {
        "time": time,
        "series": name,
        "targets": targets,
        "every": str(panel.clock),
        "freq": panel.clock.freq,
        "count": len(panel.strands),
        "steps": steps,
        "gaps": max(0, sum(map(len, panel.strands)) - values),
        "twice": twice,
    }


def _targets(frame: pd.DataFrame, time: str, name: str | None) -> list[str]:
    """The columns of values: one, or of a wide table each."""
    rest = [c for c in frame.columns if c not in (time, name) and is_numeric_dtype(frame[c])]
    said = [c for target in series.TARGETS for c in rest if c.lower() == target]
    return said[:1] or rest
