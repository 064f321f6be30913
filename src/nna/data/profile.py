"""A first look at data, refusing nothing that can be read: what is there, and what may go wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna import tasks
from nna.data import sources
from nna.data.columns import date_parsing
from nna.data.columns.reading import converted, decide
from nna.data.examples import PARTS, Examples
from nna.data.profiling import drift, leaks, near_duplicates, warnings
from nna.data.profiling.column_summary import facts, histogram, recount
from nna.data.profiling.encoded import Coded
from nna.data.profiling.series import recognise
from nna.data.readers import table_files
from nna.data.readers.sheet import ReadOptions
from nna.data.readers.table_files import Sheet
from nna.data.splits import row_identity
from nna.data.splits.split import split
from nna.data.tables import tabular, targets
from nna.errors import UserError
from nna.spec import Input, Table

ROWS = 200_000  # that are looked at; of a longer table they are drawn
CELLS = 20_000_000  # values that are looked at
UNIQUE = ("identifier", "text", "constant", "empty")  # kinds that no two parts share, or all do


def profile(
    data: Examples | Path,
    target: str | None = None,
    task: tasks.Task | None = None,
    asked: Sequence[str] = (),
    encoding: str | None = None,
) -> dict[str, Any]:
    """What examples or a file hold, as plain data for JSON.

    Args:
        data: examples, or a file or folder that `nna.data.sources.open_file` reads. A table is
            looked at even where training would refuse it; of one with more than 200,000 rows as
            many are drawn, but gaps and ranges are counted in all. Files of a folder that can't be
            used are noted one by one.
        target: the column to predict, of a table.
        task: what the data are for; None: as they look.
        asked: how columns of a table write dates, where their values don't prove it.
        encoding: of a file of text; None: it is found out.

    Returns:
        rows; looked_at (rows drawn of them); port; task and why; target (its column); columns (see
        `profiling.facts`); classes (name to rows); majority (share of the largest class); values
        (histogram of a target of numbers); duplicates (rows equal to an earlier one); constant,
        identifiers, leaks, those of them that are copies, and smooth (dates by which the target is
        known: names of columns); alone (column to the share of what is uncertain
        that it tells of the target); shifted (column to how many rows later the target that it
        holds stands); scaled (columns of mean 0 and spread 1); series (see `profiling.series`);
        drift (pair of parts to columns that differ, and how well all tell them apart);
        test_in_train (test rows whose features also stand in training); repeated (see
        `profiling.near`); notes; warnings (one line
        each).

    Raises:
        UserError: the file can't be read at all.
    """
    if isinstance(data, Examples):
        return _warned(_examples(data))
    if sources.is_table(data):
        return _warned(_sheet(data, target, task, asked, encoding))
    return _warned(_examples(sources.open_file(data, target, task, skip_bad=data.is_dir())))


def _warned(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"warnings": [*found["warnings"], *warnings.warnings(found)]}


def _sheet(
    path: Path,
    target: str | None,
    task: tasks.Task | None,
    asked: Sequence[str],
    encoding: str | None,
) -> dict[str, Any]:
    """A table of the user's: all its columns, the target's among them."""
    verbatim = tabular.verbatim(target, task)
    given: dict[str, Any] = {"encoding": encoding, "verbatim": verbatim}
    sheet = sources.open_sheet(path, max_samples=ROWS, skip_bad=True, cells=CELLS, **given)
    readings, _ = decide(sheet.frame, sheet.comma)
    try:
        name = tabular.target_of(sheet, target)
    except UserError:
        if target is not None:
            raise
        name = None
    found = _base(len(sheet.frame), Table(features=len(sheet.frame.columns) - (name is not None)))
    found["notes"] = list(sheet.notes)
    _fill_table(found, converted(sheet.frame, readings), date_parsing.said(asked))
    ragged = "training would refuse the file for the rows left out: say --skip-bad there"
    found["warnings"] += [ragged] if sheet.left_out else []
    try:
        examples = tabular.examples(sheet, target, task, asked=asked)
    except UserError as refused:
        found["warnings"].append(f"training would refuse this: {refused}")
        if name is not None:
            found["why"] = f"{name!r} can't be learnt, see below"
            _fill_refused(found, sheet, name, task)
    else:
        found |= {"task": examples.task.name, "notes": list(examples.notes)}
        _fill_target(found, examples)
        _fill_parts(found, examples)
    kind = tasks.get(found["task"]) if found["task"] else None
    found["target"] = name if kind and kind.in_column else None
    found["why"] = _why(found, task)
    if not (kind and kind.one_class):
        found["series"] = recognise(sheet.frame, name, asked)
    if sheet.total > len(sheet.frame) and not sheet.left_out:
        recount(found["columns"], table_files.pieces(path, ReadOptions(**given)), readings)
        found["notes"].append("gaps and ranges are of all rows, all else of the rows drawn")
    return found | {"rows": sheet.total}


def _why(found: dict[str, Any], asked: tasks.Task | None) -> str:
    """What the target's column shows that it asks for."""
    of = next((column for column in found["columns"] if column["name"] == found["target"]), None)
    if asked is not None or of is None:
        return "as asked" if asked else found["why"]
    if tasks.get(found["task"]).numeric:
        return f"{of['name']!r} holds numbers with fractions, or many: {of['distinct']:,} different"
    if of["kind"] == "number":
        return f"{of['name']!r} holds few whole numbers: {of['distinct']:,} different"
    return f"{of['name']!r} holds {of['distinct']:,} different words, no numbers"


def _base(rows: int, port: Input) -> dict[str, Any]:
    return {
        "rows": rows,
        "looked_at": rows,
        "port": dataclasses.asdict(port),
        "task": None,
        "why": "",
        "target": None,
        "columns": [],
        "classes": {},
        "majority": None,
        "values": None,
        "duplicates": 0,
        "constant": [],
        "identifiers": [],
        "leaks": [],
        "copies": [],
        "smooth": [],
        "alone": {},
        "shifted": {},
        "scaled": [],
        "series": None,
        "drift": {},
        "test_in_train": 0,
        "repeated": None,
        "notes": [],
        "warnings": [],
    }


def _examples(examples: Examples) -> dict[str, Any]:
    """Examples of any kind."""
    found = _base(len(examples), examples.port)
    found |= {"task": examples.task.name, "notes": list(examples.notes)}
    if (frame := _frame(examples)) is not None:
        _fill_table(found, frame, {})
    else:
        x = np.asarray(examples.x)
        found["columns"] = [facts(examples.port.kind, pd.Series(x.reshape(-1)[:CELLS]))]
        if examples.behaviour.separate:
            found["duplicates"] = len(x) - row_identity.distinct(row_identity.keys(x))
    _fill_target(found, examples)
    _fill_parts(found, examples)
    return found


def _frame(examples: Examples) -> pd.DataFrame | None:
    """The examples as a table, if they are one."""
    if isinstance(examples.x, pd.DataFrame):
        return examples.x
    if not examples.behaviour.tabular:
        return None
    return pd.DataFrame(examples.x, columns=[str(i) for i in range(examples.x.shape[1])])


def _fill_table(found: dict[str, Any], frame: pd.DataFrame, asked: Mapping[str, str]) -> None:
    """Columns and duplicated rows."""
    found["columns"] = [
        facts(str(c), frame.iloc[:, i], asked.get(str(c), asked.get("")))
        for i, c in enumerate(frame.columns)
    ]
    found["duplicates"] = len(frame) - row_identity.distinct(row_identity.keys(frame))
    found["constant"] = [c["name"] for c in found["columns"] if c["distinct"] <= 1]
    found["identifiers"] = [c["name"] for c in found["columns"] if c["kind"] == "identifier"]


def _fill_target(found: dict[str, Any], examples: Examples) -> None:
    """Classes or numbers, and columns that give them away."""
    y = examples.labels
    if y is None or y.ndim > 1:
        return
    if examples.classes:
        counts = np.bincount(y, minlength=len(examples.classes))
        found["classes"] = dict(zip(examples.classes, counts.tolist(), strict=True))
        found["majority"] = float(counts.max() / counts.sum())
    else:
        found["values"] = histogram(y.astype(float))
    if examples.behaviour.tabular and np.shape(examples.x)[1]:
        _fill_leaks(found, Coded.of(examples), y, bool(examples.classes))


def _fill_refused(found: dict[str, Any], sheet: Sheet, name: str, task: tasks.Task | None) -> None:
    """The target of a table that training would refuse, as far as it can be told."""
    try:
        known = tabular.with_target(sheet, name)
        target = targets.read(pd.Series(known.frame[name]), task, f"column {name!r}", known.where)
    except UserError:
        return  # what is wrong with it stands in the warnings already
    x = known.frame.drop(columns=name)
    port = Table(features=max(1, x.shape[1]))
    examples = Examples.of(task=target.task, port=port, x=x, y=target.y, classes=target.classes)
    found["task"] = target.task.name
    _fill_target(found, examples)


def _fill_leaks(found: dict[str, Any], table: Coded, y: np.ndarray, classes: bool) -> None:
    told = leaks.alone(table, y, classes)
    found["alone"] = {name: of.share for name, of in told.items()}
    times = {of["name"] for of in found["columns"] if of["kind"] == "date"}
    found["smooth"] = [name for name, of in told.items() if of.leak and name in times]
    found["leaks"] = [name for name, of in told.items() if of.leak and name not in times]
    found["copies"] = [name for name in found["leaks"] if told[name].copy]
    found["scaled"] = leaks.scaled(table)
    if not any(note.startswith("drawn") for note in found["notes"]):  # rows stand as in the file
        shifted = leaks.shifted(table, y)
        found["shifted"] = {k: rows for k, rows in shifted.items() if k not in found["copies"]}


def _fill_parts(found: dict[str, Any], examples: Examples) -> None:
    """Whether parts differ too much, or too little: by the split of the source or of seed 0."""
    try:
        parts = split(examples, seed=0)
    except UserError as refused:
        found["warnings"].append(f"training would refuse this: {refused}")
        return
    if not examples.behaviour.separate:
        return
    found["repeated"] = near_duplicates.between(parts["train"], parts["test"])
    found["test_in_train"] = int(row_identity.repeated(parts["test"], [parts["train"]]).sum())
    found["test"] = len(parts["test"])
    places = np.arange(len(examples))
    numbered = split(examples.changed(x=places[:, None]), seed=0)
    train, test = (np.asarray(numbered[part].x)[:, 0] for part in (PARTS[0], PARTS[2]))
    pairs = {"training and test part": (train, test)}
    if examples.behaviour.tabular:
        half = len(places) // 2
        pairs["first and second half of the rows"] = (places[:half], places[half:])
    kinds = {of["name"]: of["kind"] for of in found["columns"]}
    table = Coded.of(examples).without({n for n, kind in kinds.items() if kind in UNIQUE})
    if not table.names:
        return
    found["drift"] = {
        pair: {"columns": drift.between(table, *of), "together": drift.told_apart(table, *of)}
        for pair, of in pairs.items()
    }
