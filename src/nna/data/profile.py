"""A first look at data, refusing nothing that can be read: what is there, and what to beware of."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from nna.data import files, leaks, tables, targets
from nna.data.examples import Examples
from nna.data.sheets import Sheet
from nna.data.split import split
from nna.errors import UserError
from nna.spec import Input, Table, Task

LARGE = 0.8  # share of one class from which accuracy says little
IDENTIFIER = 0.5  # different words a row from which they name rows, not kinds


def profile(
    data: Examples | Path, target: str | None = None, task: Task | None = None
) -> dict[str, Any]:
    """What examples or a file hold, as plain data for JSON.

    Args:
        data: examples, or a file or folder that `nna.data.files.open_file` reads. A table is
            looked at even where training would refuse it: missing values are counted then, and
            files of a folder that can't be used are noted one by one.
        target: the column to predict, of a table.
        task: what the data are for; None: as they look.

    Returns:
        rows; port; task; target (its column); columns (name, kind, missing, infinite, distinct,
        min, mean, max); classes (name to rows); majority (share of the largest class); duplicates
        (rows equal to an earlier one); constant and leaks (names of columns); test_in_train (test
        rows whose features also stand in training); notes; warnings (one line each).

    Raises:
        UserError: the file can't be read at all.
    """
    if isinstance(data, Examples):
        return _examples(data)
    if files.is_table(data):
        return _sheet(files.open_sheet(data), target, task)
    return _examples(files.open_file(data, target, task, skip_bad=data.is_dir()))


def _sheet(sheet: Sheet, target: str | None, task: Task | None) -> dict[str, Any]:
    """A table of the user's: all its columns, the target's among them."""
    try:
        name = tables.target_of(sheet, target)
    except UserError:
        if target is not None:
            raise
        name = None
    try:
        found = _examples(tables.examples(sheet, target, task), sheet.frame)
    except UserError as refused:
        features = len(sheet.frame.columns) - (name is not None)
        found = _base(len(sheet.frame), Table(features=features))
        found["warnings"].append(f"training would refuse this: {refused}")
        _fill_table(found, sheet.frame)
        if name is not None:
            _fill_target(found, sheet, name, task)
    found["rows"] = len(sheet.frame)
    found["target"] = name if found["task"] in ("classification", "regression") else None
    return found


def _fill_target(found: dict[str, Any], sheet: Sheet, name: str, task: Task | None) -> None:
    """Classes and leaks of a refused table, by the rows that have a target."""
    known = sheet.frame.dropna(subset=[name])
    values = pd.Series(known[name])
    try:
        target = targets.read(values, task, f"column {name!r}", sheet.where)
    except UserError:
        return  # what is wrong with it stands in the warnings already
    found["task"] = target.task
    _fill_classes(found, target.y, target.classes)
    _fill_leaks(found, known.drop(columns=name), target.y, target.classes)


def _base(rows: int, port: Input) -> dict[str, Any]:
    return {
        "rows": rows,
        "port": dataclasses.asdict(port),
        "task": None,
        "target": None,
        "columns": [],
        "classes": {},
        "majority": None,
        "duplicates": 0,
        "constant": [],
        "leaks": [],
        "test_in_train": 0,
        "notes": [],
        "warnings": [],
    }


def _examples(examples: Examples, frame: pd.DataFrame | None = None) -> dict[str, Any]:
    """Examples; `frame` is the table they were made of, the target's column among its own."""
    found = _base(len(examples), examples.port)
    found |= {"task": examples.task, "notes": list(examples.notes)}
    x, y = examples.x, examples.targets
    if isinstance(x, np.ndarray) and examples.port.kind == "table":
        x = pd.DataFrame(x, columns=[str(i) for i in range(x.shape[1])])
    if isinstance(x, pd.DataFrame):
        _fill_table(found, x if frame is None else frame)
        if y is not None:
            _fill_leaks(found, x, y, examples.classes)
    else:
        found["columns"] = [_column(examples.port.kind, pd.Series(x.reshape(-1)))]
        if examples.port.kind in ("image", "series"):
            found["duplicates"] = len(x) - len(set(_keys(x)))
            _warn_duplicates(found)
    if examples.classes and y is not None and y.ndim == 1:
        _fill_classes(found, y, examples.classes)
    _fill_parts(found, examples)
    return found


def _fill_table(found: dict[str, Any], frame: pd.DataFrame) -> None:
    """Columns, duplicated rows, and what to beware of in either."""
    warnings, rows = found["warnings"], len(frame)
    found["columns"] = [_column(str(c), pd.Series(frame[c])) for c in frame.columns]
    found["duplicates"] = int(frame.duplicated().sum())
    found["constant"] = [c["name"] for c in found["columns"] if c["distinct"] <= 1]
    for column in found["columns"]:
        name = f"column {column['name']!r}"
        for bad in ("missing", "infinite"):
            if column[bad]:
                share = column[bad] / rows
                warnings.append(f"{name}: {column[bad]:,} values {bad} ({share:.1%} of the rows)")
        if column["distinct"] <= 1:
            warnings.append(f"{name} is the same in every row: it teaches nothing")
        elif column["kind"] == "words" and column["distinct"] > max(IDENTIFIER * rows, 2):
            warnings.append(
                f"{name} holds {column['distinct']:,} different words in {rows:,} rows: does it "
                "name the rows? Leave it out"
            )
        elif column["kind"] == "number" and _counts(pd.Series(frame[column["name"]])):
            warnings.append(f"{name} counts the rows: leave it out")
    _warn_duplicates(found)


def _counts(column: pd.Series) -> bool:
    """Does the column number the rows, one by one?"""
    return len(column) > 2 and bool((column.diff().iloc[1:] == 1).all())


def _column(name: str, column: pd.Series) -> dict[str, Any]:
    about: dict[str, Any] = {
        "name": name,
        "kind": "words",
        "missing": int(column.isna().sum()),
        "infinite": 0,
        "distinct": int(column.nunique()),
        "min": None,
        "mean": None,
        "max": None,
    }
    if is_bool_dtype(column):
        return about | {"kind": "truth"}
    if not is_numeric_dtype(column):
        return about
    values = column.dropna().to_numpy(dtype=float)
    finite = values[np.isfinite(values)]
    about |= {"kind": "number", "infinite": len(values) - len(finite)}
    if len(finite):
        figures = (finite.min(), finite.mean(), finite.max())
        about |= dict(zip(("min", "mean", "max"), map(float, figures), strict=True))
    return about


def _fill_classes(found: dict[str, Any], y: np.ndarray, classes: tuple[str, ...]) -> None:
    counts = np.bincount(y, minlength=len(classes)) if classes else np.zeros(0, dtype=int)
    found["classes"] = dict(zip(classes, counts.tolist(), strict=True))
    if len(counts):
        found["majority"] = float(counts.max() / counts.sum())
        if found["majority"] >= LARGE:
            found["warnings"].append(
                f"{found['majority']:.0%} of the rows are of class {classes[counts.argmax()]!r}: "
                "compare every accuracy with that"
            )


def _fill_leaks(
    found: dict[str, Any], frame: pd.DataFrame, y: np.ndarray, classes: tuple[str, ...]
) -> None:
    for name, right in leaks.find(frame, y, bool(classes)).items():
        found["leaks"].append(name)
        found["warnings"].append(
            f"column {name!r} alone (nearly) gives the target away ({right:.1%}): is it known "
            "before the target is? If not, leave it out"
        )


def _fill_parts(found: dict[str, Any], examples: Examples) -> None:
    """Test rows that also stand in training, by the split of the source or of seed 0."""
    try:
        parts = split(examples, seed=0)
    except UserError as refused:
        found["warnings"].append(f"training would refuse this: {refused}")
        return
    if examples.port.kind not in ("table", "image", "series"):
        return
    known, tested = set(_keys(parts["train"].x)), _keys(parts["test"].x)
    found["test_in_train"] = sum(key in known for key in tested)
    if found["test_in_train"]:
        found["warnings"].append(
            f"test rows that also stand in training: {found['test_in_train']} of {len(tested)}; "
            "the test figure will flatter"
        )


def _warn_duplicates(found: dict[str, Any]) -> None:
    if found["duplicates"]:
        found["warnings"].append(f"rows equal to an earlier one: {found['duplicates']:,}")


def _keys(x: np.ndarray | pd.DataFrame) -> list[Any]:
    """Something to compare a row's features by."""
    if isinstance(x, pd.DataFrame):
        return list(x.itertuples(index=False, name=None))
    return [row.tobytes() for row in x]
