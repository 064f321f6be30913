"""New examples to predict for: like those that a model was trained on, but without a target."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna import ports, tasks
from nna.data import arrays, binary, catalog, folders, sources
from nna.data.bad_files import Faults
from nna.data.columns.reading import NOTHING, Recorded
from nna.data.examples import Examples
from nna.data.images import class_folders, to_port
from nna.data.readers import array_folders, arrays as held
from nna.data.readers.os_errors import reading
from nna.data.readers.sheet import ReadOptions, Sheet
from nna.data.tables import tabular
from nna.data.tables.chunked import LongTable
from nna.errors import UserError
from nna.spec import Table


def read(  # noqa: PLR0913 - one argument a thing that the user may say
    source: str | pd.DataFrame,
    port: Mapping[str, Any],
    task: tasks.Task,
    data_dir: Path | None = None,
    skip_bad: bool = False,
    recorded: Recorded = NOTHING,
    encoding: str | None = None,
    apart: Collection[str] = (),
) -> Examples:
    """Examples from a dataset, a table, an .npz, a picture or a folder of pictures.

    Args:
        source: a dataset's id, a path, or a frame.
        port: of the examples that the model was trained on, as plain data.
        task: that it was trained for.
        data_dir: where the files of a dataset lie that isn't fetched.
        skip_bad: leave out files of a folder that can't be used, and note each.
        recorded: how the run that the model comes from read its table.
        encoding: of a file of text; None: it is found out.
        apart: columns of a table that are no features, such as the target: they may be there.

    Raises:
        UserError: no such source, or of another kind or size than the model was trained on.
    """
    if isinstance(source, pd.DataFrame):
        if not ports.called(port["kind"]).tabular:
            raise UserError(f"a frame is a table; the model takes {port['kind']}")
        return fitting(_rows(tabular.of_frame(source), task, apart), port, "the frame")
    if source in catalog.names():
        return fitting(catalog.load(source, data_dir), port, source)
    path = Path(source).expanduser()
    if not path.exists():
        raise UserError(f"{path}: no such file, folder or dataset")
    options = ReadOptions(
        skip_bad=skip_bad, encoding=encoding, verbatim=recorded.verbatim, recorded=True
    )
    found = reading(path, lambda: _examples(path, port, task, options, apart))
    return fitting(found, port, source)


def _examples(
    path: Path,
    port: Mapping[str, Any],
    task: tasks.Task,
    options: ReadOptions,
    apart: Collection[str],
) -> Examples:
    skip_bad = options.skip_bad
    if ports.called(port["kind"]).tabular and sources.is_table(path):
        return _rows(sources.open_sheet(path, options), task, apart)
    if path.suffix.lower() in held.ENDINGS:
        found = held.held(path)
        if "x" in found and found["x"].ndim == ports.called(port["kind"]).example_axes:
            found["x"] = found["x"][None]  # an example alone
        own, x, said = arrays.features(path, found)
        return Examples.of(task=task, port=own, x=x, notes=said[1:])
    if path.is_dir() and array_folders.is_one(path, class_folders.ENDINGS):
        there = folders.files(path, held.ENDINGS, None)
        examples = array_folders.examples(there, path, (), Faults(skip_bad), task)
        return dataclasses.replace(examples, notes=examples.notes[1:])
    if ports.called(port["kind"]).pictured:
        return _pictures(path, port, task, skip_bad)
    raise UserError(f"{path}: the model takes {port['kind']}, and this file holds none it can read")


def parts(
    table: LongTable, port: Mapping[str, Any], task: tasks.Task, apart: Collection[str] = ()
) -> Iterator[Examples]:
    """The rows of a long table, part by part; each is called by its number from 0.

    Args:
        table: the table.
        port: of the examples that the model was trained on, as plain data.
        task: that it was trained for.
        apart: columns that are no features; see `read`.

    Raises:
        UserError: of another kind or size than the model was trained on.
    """
    start = 0
    for sheet in table.parts():
        found = _rows(sheet, task, apart)
        names = tuple(map(str, range(start, start + len(found))))
        start += len(found)
        yield fitting(dataclasses.replace(found, names=names), port, str(table.path))


def _rows(sheet: Sheet, task: tasks.Task, apart: Collection[str]) -> Examples:
    """The rows of a table, without the columns that are no features."""
    if task.binary:
        known = binary.rows(sheet)
        return dataclasses.replace(known, notes=known.notes[1:])
    x = sheet.frame.loc[:, [str(name) not in apart for name in sheet.frame.columns]]
    assert isinstance(x, pd.DataFrame)
    notes = (*sheet.notes, *tabular.odd(sheet, x, {}))
    named = sheet.left_out or sheet.unit == "file"
    names = tuple(sheet.where(row) for row in range(len(x))) if named else ()
    return Examples.of(task=task, port=Table(features=x.shape[1]), x=x, names=names, notes=notes)


def _pictures(path: Path, port: Mapping[str, Any], task: tasks.Task, skip_bad: bool) -> Examples:
    """A picture, or all that lie in a folder and in the folders within.

    They are cut and scaled as those were that the model was trained on, if those were; and grey
    ones are shown to a model for colours as training showed grey ones among others.
    """
    folder, paths = path.parent, [path]
    if path.is_dir():
        folder, paths = path, folders.files(path, class_folders.ENDINGS, None)
    if not paths:
        raise UserError(f"{path} holds no pictures ({' '.join(class_folders.ENDINGS)})")
    faults = Faults(skip_bad)
    pixels, said = to_port.load(paths, faults, port, task)
    notes = (*said, *faults.settle(len(paths)))
    x, _ = class_folders.stacked(list(pixels.values()))
    if x.shape[1] == 1 and port["channels"] == 3:
        x = np.repeat(x, 3, axis=1)
    return Examples.of(
        task=task,
        port=class_folders.port_of(x, port["min_size"] < port["size"]),
        x=x,
        names=class_folders.names(pixels, folder),
        notes=notes,
    )


def fitting(examples: Examples, port: Mapping[str, Any], source: str) -> Examples:
    """The same examples, if their port is the one known; pictures are made to fit, and it is noted.

    A data frame's columns are checked by name when it is prepared.

    Args:
        examples: as they were read.
        port: of the examples that a model was trained on, as plain data.
        source: what the user calls them.

    Raises:
        UserError: they are of another kind or size.
    """
    if examples.behaviour.pictured and ports.called(port["kind"]).pictured:
        examples = to_port.fit(examples, port)
    have = dataclasses.asdict(examples.port)
    sizes = (
        ("kind",) if hasattr(examples.x, "columns") else ("kind", "channels", "size", "features")
    )
    for key in sizes:
        if have.get(key) != port.get(key):
            remedy = f": {_REMEDIES[key]}" if key in _REMEDIES and key in have else ""
            raise UserError(
                f"{source}: expected {_size(key, port)}, got {_size(key, have)}{remedy}"
            )
    return examples


_REMEDIES = {  # for what can't be adapted
    "size": "scale them first, and what is marked in them",
    "channels": "save them with as many channels as the training data have",
}


def _size(key: str, port: Mapping[str, Any]) -> str:
    """A size of an example as people say it."""
    value = port.get(key)
    if key == "kind":
        return f"data of the kind {value}"
    return f"{value} x {value} pixels" if key == "size" else f"{value} {key}"
