"""Series in files: what `nna train ARCHITECTURE FILE --horizon N` reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from nna.data import sources
from nna.data.examples import Examples
from nna.data.series import leaks, panels, parts
from nna.data.series.layout import Layout
from nna.data.series.panels import Panel
from nna.data.series.parts import Span
from nna.errors import UserError


def examples(path: Path, asked: Mapping[str, Any]) -> Examples:
    """The windows of the series in a table, with the split that time prescribes.

    Args:
        path: the file.
        asked: fields of `Layout` and of `Span`, as plain data; horizon at least.

    Raises:
        UserError: no such file, no series in it, or too short ones.
    """
    if not asked.get("horizon"):
        raise UserError("say how many steps ahead to forecast: --horizon N (horizon=)")
    found = panel(path, asked)
    own = {f.name for f in dataclasses.fields(Span)}
    made = parts.examples(found, Span(**{k: v for k, v in asked.items() if k in own}))
    warned = leaks.warnings(found, asked["horizon"])
    return dataclasses.replace(made, notes=(*warned, *made.notes))


def panel(path: Path, asked: Mapping[str, Any]) -> Panel:
    """The series in a table.

    Args:
        path: the file.
        asked: fields of `Layout` as plain data, and skip_bad: whether lines that can't be used are
            left out and told; others don't matter.

    Raises:
        UserError: no such file, or no series in it.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; series are read from tables")
    if not sources.is_table(path):
        raise UserError(f"{path}: no table of rows and columns, and series are read from such")
    sheet = sources.open_sheet(
        path, skip_bad=bool(asked.get("skip_bad")), encoding=asked.get("encoding")
    )
    found = panels.panel(sheet.frame, _layout(asked), str(path), sheet.where)
    return dataclasses.replace(found, notes=(*sheet.notes, *found.notes), left_out=sheet.left_out)


def of_frame(frame: pd.DataFrame, asked: Mapping[str, Any]) -> Panel:
    """The series in a frame, as `panel` finds them in a file."""
    return panels.panel(frame, _layout(asked))


def _layout(asked: Mapping[str, Any]) -> Layout:
    own = {f.name for f in dataclasses.fields(Layout)}
    said: dict[str, Any] = {k: v for k, v in asked.items() if k in own}
    several = {name: tuple(said.get(name) or ()) for name in ("future_covariates", "dates")}
    return Layout(**{**said, **several})
