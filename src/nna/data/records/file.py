"""A file of records as it stands: a value for every name, example by example.

JSON lines hold an object an example, whose keys are the names; an .npz or .safetensors holds an
array for each name, its first axis the examples (of one graph: its nodes).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nna import tasks
from nna.data.adapt import wanted_inputs
from nna.data.readers import arrays, encodings, jsonlines, table_files
from nna.data.readers.sheet import places
from nna.errors import UserError
from nna.spec import Architecture

ARRAYS = (".npz", ".safetensors")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says of a file, and what is wanted of it."""

    target: str | None = None  # several separated by commas; None: what no input is
    task: tasks.Task | None = None
    skip_bad: bool = False  # leave out lines that can't be used
    encoding: str | None = None
    config: Any = None  # of a trained model, whose sizes the values must have
    dates: Sequence[str] = ()
    learnt: bool = False  # the file is for a model that has learnt: columns are read as they were
    answers: bool = True  # targets are wanted
    assumed: Mapping[str, Any] = field(default_factory=dict)  # inputs that it may lack, by value


@dataclass(frozen=True, slots=True)
class Records:
    """The values of a file by name, and where each example stands."""

    path: Path
    values: Mapping[str, Sequence[Any]]  # None where an example lacks one
    lines: Sequence[int]
    unit: str  # "line" or "row"
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    in_memory: bool = False  # it is no file, and no option of a command mends it

    def where(self, *examples: int, most: int | None = 20) -> str:
        """The place of some examples: "lines 7, 9-12"."""
        return places([self.lines[one] for one in examples], self.unit, most)

    def without(self, gone: Mapping[int, str], why: str = "") -> Records:
        """The same without some examples, which is noted.

        Args:
            gone: what is wrong with each.
            why: what is wrong with all; empty: what is wrong with the first is told.
        """
        if not gone:
            return self
        kept = [i for i in range(len(self.lines)) if i not in gone]
        values = {
            name: [of[i] for i in kept] if len(of) == len(self.lines) else of  # a graph's edges
            for name, of in self.values.items()
        }
        first, count = next(iter(gone)), f"{len(gone):,} of {len(self.lines):,} {self.unit}s"
        why = why or f"that can't be used ({self.where(first)}: {gone[first]})"
        note, whole = (f"left out: {count}, {why}: {self.where(*gone, most=m)}" for m in (20, None))
        return Records(
            self.path,
            values,
            [self.lines[i] for i in kept],
            self.unit,
            (*self.notes, note),
            (*self.left_out, whole),
            self.in_memory,
        )


def is_one(path: Path, spec: Architecture) -> bool:
    """Whether a file holds records for an architecture: all its inputs, by their names.

    One of several inputs reads nothing else. One of a single input, which may also come as a table
    or as an array x, reads records where the first one holds it as a list, an object or an array.
    """
    kind, names = table_files.kind(path), [*wanted_inputs(spec)]
    if not path.is_file() or kind not in (*table_files.JSON_LINES, *ARRAYS):
        return False
    if len(names) > 1 or not path.stat().st_size:
        return len(names) > 1
    if kind in ARRAYS:
        return names[0] != "x" and names[0] in (held := arrays.held(path)) and "x" not in held
    return isinstance(_first(path).get(names[0]), list | dict)


def _first(path: Path) -> dict[str, Any]:
    """The first object of a file; empty where it is none, which its reader will tell."""
    try:
        with encodings.opened(path) as file:
            found = json.loads(file.readline(jsonlines.LONGEST))
    except (ValueError, RecursionError, OSError, EOFError):
        return {}
    return found if isinstance(found, dict) else {}


def read(path: Path, asked: Asked, wanted: Sequence[str]) -> Records:
    """All that a file holds."""
    if table_files.kind(path) not in ARRAYS:
        with table_files.faults(path):
            lines, notes = jsonlines.records(path, asked.encoding)
        keys = dict.fromkeys(key for one in lines.values() for key in one)
        values = {key: [one.get(key) for one in lines.values()] for key in keys}
        return Records(path, values, [*lines], "line", tuple(notes))
    if asked.encoding is not None:
        raise UserError(f"{path}: --encoding is for files of text")
    held = {name: of for name, of in arrays.held(path).items() if of.ndim}
    counts = {name: len(held[name]) for name in wanted if name in held}
    values: dict[str, Any] = {**held}
    return Records(path, values, range(1, max(counts.values(), default=0) + 1), "row")
