"""What is to be predicted, of a file of records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nna import tasks
from nna.data.examples import Examples, Target
from nna.data.records.file import Asked, Records
from nna.data.tables import targets
from nna.data.tables.tabular import TARGETS
from nna.errors import UserError, nearest
from nna.ports import Field, parsing
from nna.ports.outputs import named
from nna.spec import Architecture, Series, Several, Tokens


def names(held: Records, rest: Sequence[str], spec: Architecture, asked: Asked) -> list[str]:
    """The names of what is to be predicted; empty where nothing is."""
    task = asked.task or tasks.get(spec.tasks[0])
    listed = f"beside the inputs the file has: {', '.join(rest) or 'nothing'}"
    if asked.target is not None:
        said = [asked.target] if asked.target in rest else asked.target.split(",")
        if lacking := [one for one in said if one not in rest]:
            near = nearest(lacking[0], tuple(rest), "nna train --help")
            raise UserError(f"{held.path} has no {lacking[0]!r} to predict; {listed}; {near}")
        return said
    if not task.supervised:
        return []
    likely = [one for one in rest if one.lower() in TARGETS]
    if isinstance(task, tasks.Brought) and rest:
        return [*rest]
    if len(rest) != 1 and len(likely) != 1:
        raise UserError(f"{held.path}: what is the target? Say --target NAME; {listed}")
    return likely if len(likely) == 1 else [*rest]


def known(held: Records, chosen: Sequence[str]) -> Records:
    """The examples whose targets are all there.

    Raises:
        UserError: none is, or arrays of several lengths.
    """
    for name, of in held.values.items():
        if name in chosen and len(of) != len(held.lines):
            raise UserError(f"{held.path}: {name} has {len(of):,} rows, not {len(held.lines):,}")
    gone = {
        i: ""
        for i in range(len(held.lines))
        if any(_missing(held.values[name][i]) for name in chosen)
    }
    if gone and len(gone) == len(held.lines):
        raise UserError(f"{held.path}: {chosen[0]} holds no value: there is nothing to learn")
    return held.without(gone, f"without {' and '.join(chosen)}")


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float | np.floating) and bool(np.isnan(value)))


def examples(held: Records, chosen: Sequence[str], spec: Architecture, asked: Asked) -> Examples:
    """Examples with their targets, and without inputs yet."""
    task = asked.task or (tasks.get(spec.tasks[0]) if len(spec.tasks) == 1 else None)
    if not chosen:
        return Examples(task=asked.task or tasks.get(spec.tasks[0]), inputs={})
    if task and task.moves:
        raise UserError(f"{held.path}: {task.moves} for {task} come in a folder of pictures")
    if not isinstance(task, tasks.Brought):
        return column(held, chosen, task if task and task.in_column else None, asked)
    several = spec.outputs.of if isinstance(spec.outputs, Several) else spec.outputs
    outputs: dict[str, Any] = named(several)
    only = next(iter(outputs.values())) if len(outputs) == 1 else None
    values = {name: _array_of(held, name, outputs.get(name, only)) for name in chosen}
    return Examples(task=task, inputs={}, targets=values)


def column(held: Records, chosen: Sequence[str], task: tasks.Task | None, asked: Asked) -> Examples:
    """A class or a number an example.

    Raises:
        UserError: several targets, or values that are neither.
    """
    if len(chosen) > 1:
        raise UserError(f"{held.path}: --target names {len(chosen)} things; {task} has one target")
    (name,) = chosen
    values = held.values[name]
    for i, one in enumerate(values):
        if isinstance(one, list | dict) or np.ndim(one):
            raise UserError(f"{held.path}, {held.where(i)}: {name!r} is no number and no word")
    found = targets.read(
        pd.Series([*values]), task, f"{held.path}: {name!r}", held.where, learnt=asked.learnt
    )
    return Examples(
        task=found.task,
        inputs={},
        targets={name: found.y},
        classes=found.classes,
        notes=(f"{name!r}: {found.note}",),
    )


def _array_of(held: Records, name: str, output: Any) -> Target:
    """Numbers as a target: class numbers where scores come out, else quantities."""
    scores = output is None or output.kind.endswith("scores")
    values = []
    for i, one in enumerate(held.values[name]):
        try:
            values.append(parsing.numbers(one))
        except UserError as error:
            raise UserError(f"{held.path}, {held.where(i)}: {name!r}: {error}") from error
    odd = [i for i, one in enumerate(values) if one.ndim != values[0].ndim]
    odd += [i for i, one in enumerate(values) if one.shape[1:] != values[0].shape[1:]]
    if odd:
        raise UserError(
            f"{held.path}, {held.where(odd[0])}: {name!r} is of shape {values[odd[0]].shape}, at "
            f"{held.where(0)} of {values[0].shape}: all must be alike"
        )
    whole = scores and all((one % 1 == 0).all() for one in values)
    values = [one.astype(np.int64 if whole else np.float32) for one in values]
    if len({one.shape for one in values}) == 1:
        return np.stack(values)
    longest = max(map(len, values))
    if whole:
        return Field(
            Tokens(vocab=1 + max(int(one.max()) for one in values), length=longest), values
        )
    return Field(Series(channels=int(np.prod(values[0].shape[1:])), steps=longest), values)
