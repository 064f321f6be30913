"""Whether a table holds series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from nna.data.columns.kinds import kind_of
from nna.data.series import panels
from nna.data.series.layout import SERIES, TARGETS, Layout
from nna.errors import UserError

LEAST = 10  # rows a series, on average, from which there is something to forecast


def recognise(
    frame: pd.DataFrame, target: str | None, asked: Sequence[str] = ()
) -> dict[str, Any] | None:
    """The series of a table with a column of times.

    Returns:
        time (its column), series (how many), steps (in all), every (the frequency), notes; or
        time and refused (why they are no series yet); None where nothing looks like times.
    """
    when = [str(name) for name in frame.columns if _is_time(str(name), pd.Series(frame[name]))]
    if len(when) != 1 or len(frame) < LEAST:
        return None
    names = [target] if target else [n for n in TARGETS if n in frame.columns]
    if names and names[0] == when[0]:
        return None
    layout = Layout(time=when[0], target=names[0] if names else None, dates=tuple(asked))
    own = [name for name in (when[0], *names[:1], SERIES) if name in frame.columns]
    try:
        panel = panels.panel(frame.loc[:, own] if names else frame, layout)
    except UserError as refused:
        return {"time": when[0], "refused": str(refused)}
    steps = sum(map(len, panel.strands))
    if steps < LEAST * len(panel.strands):
        return None
    return {
        "time": when[0],
        "series": len(panel.strands),
        "steps": steps,
        "every": str(panel.clock),
        "notes": list(panel.notes),
    }


def _is_time(name: str, column: pd.Series) -> bool:
    try:
        return kind_of(name, column) == "date"
    except UserError:
        return False
