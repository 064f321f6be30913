"""Files of records as examples: a value for every input and every target of a network, by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna import ports, tasks
from nna.data.adapt import wanted_inputs
from nna.data.columns import date_parsing
from nna.data.columns.reading import Readings, converted, decide
from nna.data.examples import Examples
from nna.data.readers.os_errors import reading
from nna.data.records import targets
from nna.data.records.file import Asked, Records, read
from nna.errors import UserError
from nna.ports import Field
from nna.spec import Architecture, Edges, Input, Nodes


def examples(path: Path, spec: Architecture, name: str, asked: Asked) -> Examples:
    """The examples of a file of records.

    Args:
        path: of the file.
        spec: of the architecture, whose inputs it holds.
        name: of the architecture, for messages.
        asked: what the user says.

    Raises:
        UserError: no such inputs or targets, or values that are none of their kind.
    """
    if not reading(path, path.stat).st_size:
        raise UserError(f"{path}: the file is empty")
    held = reading(path, lambda: read(path, asked, [*wanted_inputs(spec)]))
    return of_records(held, spec, name, asked)


def of_records(held: Records, spec: Architecture, name: str, asked: Asked) -> Examples:
    """The examples that records hold.

    Args:
        held: the records.
        spec: of the architecture, whose inputs they hold.
        name: of the architecture, for messages.
        asked: what the user says.

    Raises:
        UserError: as `examples`.
    """
    wanted = wanted_inputs(spec)
    missing = {k: [v] * len(held.lines) for k, v in asked.assumed.items() if k not in held.values}
    held = dataclasses.replace(held, values={**held.values, **missing})
    if lacking := [one for one in wanted if one not in held.values]:
        raise UserError(
            f"{held.path} has no {lacking[0]!r}; {name} takes {', '.join(wanted)}, and there are: "
            f"{', '.join(held.values)}"
        )
    rest = [one for one in held.values if one not in wanted]
    chosen = targets.names(held, rest, spec, asked) if asked.answers else []
    if any(ports.of(port).whole for port in wanted.values()):
        return _graph(held, wanted, chosen, spec, asked)
    held, values = _usable(targets.known(held, chosen), wanted, asked)
    inputs = {key: ports.of(port).field(port, values[key]) for key, port in wanted.items()}
    inputs, readings, dates, said = _tables(held, inputs, asked)
    found = targets.examples(held, chosen, spec, asked)
    inputs = _vocabularies(inputs, found, spec)
    if asked.config is not None:
        _fitting(held.path, inputs, spec, asked.config)
    return dataclasses.replace(
        found,
        inputs=inputs,
        readings=readings,
        dates=dates,
        notes=(*found.notes, *held.notes, *said),
        left_out=held.left_out,
    )


def _usable(
    held: Records, wanted: Mapping[str, Input], asked: Asked
) -> tuple[Records, dict[str, list[Any]]]:
    """The examples whose inputs are all of their kind and alike, and the values of these.

    Raises:
        UserError: some are not, and nobody asked to leave such out; or none is.
    """
    values, bad = {name: list[Any]() for name in wanted}, dict[int, str]()
    first: dict[str, tuple[int, Any]] = {}
    for i in range(len(held.lines)):
        try:
            row = {name: _value(held, name, port, i) for name, port in wanted.items()}
            for name, port in wanted.items():
                shape = ports.of(port).alike(port, row[name])
                place, usual = first.setdefault(name, (i, shape))
                if shape != usual:
                    raise UserError(
                        f"{name!r} is of {_shown(shape)}, at {held.where(place)} of "
                        f"{_shown(usual)}: all must be alike"
                    )
        except UserError as error:
            bad[i] = str(error)
        else:
            for name, value in row.items():
                values[name].append(value)
    if bad and (not asked.skip_bad or len(bad) == len(held.lines)):
        place, why = next(iter(bad.items()))
        more = f" (and {len(bad) - 1:,} more like it)" if len(bad) > 1 else ""
        mend = ": mend it" if held.in_memory else ": mend it, or leave such out by --skip-bad"
        mend = "" if asked.skip_bad else mend
        raise UserError(f"{held.path}, {held.where(place)}: {why}{more}{mend}")
    return held.without(bad), values


def _shown(shape: Any) -> str:
    return f"shape {shape}" if isinstance(shape, tuple) else f"named values ({shape})"


def _value(held: Records, name: str, port: Input, place: int) -> Any:
    of = held.values[name]
    value = of[place] if place < len(of) else None
    if value is None:
        raise UserError(f"it has no {name!r}")
    try:
        return ports.of(port).value(value)
    except UserError as error:
        raise UserError(f"{name!r}: {error}") from error


def _tables(
    held: Records, inputs: Mapping[str, Field], asked: Asked
) -> tuple[dict[str, Field], Readings, dict[str, str], list[str]]:
    """Tables among the inputs, their columns read as those of any table; how, and what to say."""
    if asked.learnt:
        return dict(inputs), {}, {}, []
    said = date_parsing.said(asked.dates)
    frames = {key: of.values for key, of in inputs.items() if isinstance(of.values, pd.DataFrame)}
    columns = [str(column) for frame in frames.values() for column in frame.columns]
    if lacking := [name for name in said if name and name not in columns]:
        raise UserError(f"--dates {lacking[0]}: no input has such a column")
    found, readings, dates, notes = dict(inputs), {}, {}, []
    for key, frame in frames.items():
        own, unsure = decide(frame)
        how = {name: one for name, one in said.items() if not name or name in frame.columns}
        try:
            written = date_parsing.of_columns(frame, how)
        except UserError as error:
            raise UserError(f"{held.path}, {key}: {error}") from error
        for known, new in ((readings, own), (dates, written)):
            if twice := [name for name in new if known.get(name, new[name]) != new[name]]:
                raise UserError(
                    f"{held.path}: {twice[0]!r} stands in {key} and in another input, written "
                    "otherwise: name it differently in one of them"
                )
            known.update(new)
        found[key] = dataclasses.replace(inputs[key], values=converted(frame, own))
        notes += [f"{key}: {one}" for one in unsure]
    return found, readings, dates, notes


def _vocabularies(
    inputs: Mapping[str, Field], found: Examples, spec: Architecture
) -> dict[str, Field]:
    """Inputs whose vocabulary reaches as far as that of all that share it, targets among them."""
    shared: dict[str, int] = {}
    names = {key: getattr(port, "vocab", None) for key, port in wanted_inputs(spec).items()}
    names = {key: name for key, name in names.items() if isinstance(name, str)}
    for key, name in names.items():
        own: Any = inputs[key].port
        shared[name] = max(shared.get(name, 0), own.vocab)
    scored = getattr(spec.outputs, "of", None)
    if isinstance(scored, str) and scored in shared and not found.classes:
        for of in found.targets.values():
            values = of.values if isinstance(of, Field) else of
            shared[scored] = max(shared[scored], *(1 + int(np.max(one)) for one in values))
    fields = dict(inputs)
    for key, name in names.items():
        own = inputs[key].port
        fields[key] = Field(dataclasses.replace(own, vocab=shared[name]), inputs[key].values)
    return fields


def _fitting(path: Path, inputs: Mapping[str, Field], spec: Architecture, config: Any) -> None:
    """See that examples have the sizes that a model was trained for; of tables it is seen later.

    Raises:
        UserError: they have others.
    """
    for key, port in wanted_inputs(spec).items():
        behaviour = ports.of(port)
        if behaviour.tabular:
            continue
        for size, value in behaviour.sizes(port, inputs[key]).items():
            known = getattr(config, size)
            if value > known or (value < known and not behaviour.integers):
                most = "at most " if behaviour.integers else ""
                raise UserError(
                    f"{path}: {key!r} has {size} {value}; the model was trained for {most}{known}"
                )


def _graph(
    held: Records,
    wanted: Mapping[str, Input],
    chosen: Sequence[str],
    spec: Architecture,
    asked: Asked,
) -> Examples:
    """One graph, whose nodes are the examples: those without a target are none, but stay in it.

    Raises:
        UserError: a file of lines, or arrays that make no graph.
    """
    if held.unit == "line":
        raise UserError(f"{held.path}: one graph is an .npz of the arrays {', '.join(wanted)}")
    try:
        graph = ports.called("graphs").value({key: held.values[key] for key in wanted})
    except UserError as error:
        raise UserError(f"{held.path}: {error}") from error
    count, wide = graph["nodes"].shape
    inputs = {
        "nodes": Field(Nodes(features=wide), graph["nodes"]),
        "edges": Field(Edges(), graph["edges"]),
    }
    rows, found = np.arange(count), Examples(task=asked.task or tasks.get(spec.tasks[0]), inputs={})
    if chosen:
        known = targets.known(held, chosen)
        rows = np.asarray(known.lines) - 1
        column = targets.column(known, chosen, tasks.get("classification"), asked)
        y = np.zeros(count, dtype=np.int64)
        y[rows] = np.asarray(column.y)
        found = dataclasses.replace(column, task=found.task, targets={chosen[0]: y})
    return dataclasses.replace(found, inputs=inputs, rows=rows)
