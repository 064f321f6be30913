"""Columns that say how rows are to be split: whose a row is, when it was, and in which part."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nna import ports
from nna.data.columns import date_parsing
from nna.data.columns.reading import Readings, Recorded, alike
from nna.data.examples import PARTS, Examples, Part, Target
from nna.data.tables.targets import called
from nna.errors import UserError, nearest
from nna.ports import Field

CALLED: dict[str, Part] = {  # what parts are called in a column
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "development"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}


def apart(
    examples: Examples, groups: str | None, time: str | None, asked: Sequence[str] = ()
) -> Examples:
    """Take the columns that part the rows out of those that are learnt from.

    Args:
        examples: rows of a table, where a column is named.
        groups: the column whose equal values must not be torn apart.
        time: the column by which rows are ordered.
        asked: how columns write dates, where their values don't prove it.

    Returns:
        The examples without those columns; they know each row's group and moment.

    Raises:
        UserError: no such column, or one with gaps, or times that can't be read.
    """
    if groups is not None and groups == time:
        raise UserError(f"--groups and --time both name {groups!r}: name two columns, or say one")
    rest = examples
    if groups is not None:
        column, rest = _taken(rest, groups, "--groups")
        rest = dataclasses.replace(rest, groups=pd.factorize(column)[0])
    if time is not None:
        column, rest = _taken(rest, time, "--time")
        said = date_parsing.said(asked)
        how = examples.dates.get(time) or said.get(time, said.get(""))
        moments, _ = date_parsing.moments(column, f"--time {time}", how)
        rest = dataclasses.replace(rest, times=moments)
    return rest


def prescribed(examples: Examples, name: str) -> Examples:
    """Parts as a column has them: train, validation (if any) and test.

    Raises:
        UserError: no such column, other words in it, or no row for training or for the test.
    """
    column, rest = _taken(examples, name, "--split")
    words = column.astype("str").str.strip()
    part = words.str.lower().map(CALLED)
    if len(bad := np.flatnonzero(part.isna())):
        raise UserError(
            f"--split {name}: {words.iloc[int(bad[0])]!r} is no part; "
            "it may hold train, validation and test"
        )
    parts = {one: np.flatnonzero(part == one) for one in PARTS if (part == one).any()}
    for one in ("train", "test"):
        if one not in parts:
            raise UserError(f"--split {name}: no row is for {one}")
    return dataclasses.replace(rest, parts=parts)


def _taken(examples: Examples, name: str, option: str) -> tuple[pd.Series, Examples]:
    """A column, whole, and the examples without it."""
    x = examples.x
    if not isinstance(x, pd.DataFrame):
        raise UserError(f"{option} names a column of a table; these data have none")
    names = tuple(map(str, x.columns))
    if name not in names:
        near = nearest(name, names, "nna data profile")
        raise UserError(f"{option}: no column {name!r} to part the rows by; {near}")
    column = pd.Series(x.iloc[:, names.index(name)])
    if column.isna().to_numpy().any():
        raise UserError(f"{option}: column {name!r} has gaps; rows can't be split by it")
    if len(names) == 1:
        past = "; --horizon N forecasts from the past alone" if option == "--time" else ""
        raise UserError(f"{option} {name}: no column is left to learn from{past}")
    left = x.drop(columns=x.columns[names.index(name)])
    port = dataclasses.replace(examples.port, features=left.shape[1])  # type: ignore[call-arg]
    kept = {one: how for one, how in examples.dates.items() if one != name}
    return column, examples.changed(x=left, port=port, dates=kept)


def timed(examples: Examples) -> np.ndarray | pd.DataFrame:
    """The rows with dates as such: what all rows prove, a few of them need not."""
    x = examples.x
    if not isinstance(x, pd.DataFrame) or not examples.dates:
        return x
    read = {
        name: np.round(date_parsing.parse(pd.Series(x[name]), how) * 1e6).astype("datetime64[us]")
        for name, how in examples.dates.items()
    }
    return x.assign(**read)


def recorded(examples: Examples) -> Recorded | None:
    """How a further file is to be read like these examples, of a table; None for other data."""
    if not isinstance(examples.x, pd.DataFrame):
        return None
    return Recorded.of(examples.x, examples.readings, examples.style)


def joined(examples: Examples, other: Examples, what: str) -> Examples:
    """Examples and others that they are to be tested on, as one with a split.

    Args:
        examples: to learn from.
        other: to be tested on, a table as `recorded` has it.
        what: the others' name, for messages.

    Raises:
        UserError: other columns, sizes or classes than the examples have.
    """
    if examples.task != other.task or examples.port.kind != other.port.kind:
        kinds = (f"{one.port.kind} for {one.task}" for one in (other, examples))
        raise UserError("--test {} holds {}, the data {}".format(what, *kinds))
    if examples.rows is not None or examples.task.sequence:
        raise UserError(f"--test is for rows and pictures; these data are {examples.port.kind}")
    inputs = {
        name: _together(of, other.inputs[name], examples.readings, what)
        for name, of in examples.inputs.items()
    }
    targets = {
        name: _answers_together(of, other.targets[name])
        for name, of in examples.targets.items()
        if name in other.targets
    }
    if examples.y is not None and other.y is not None:
        y = np.concatenate([examples.y, _numbered(other, examples.classes, what)])
        targets = dict.fromkeys(examples.targets, y)
    count = len(examples)
    return dataclasses.replace(
        examples,
        inputs=inputs,
        targets=targets,
        names=(*examples.names, *other.names) if examples.names and other.names else (),
        parts={"train": np.arange(count), "test": np.arange(count, count + len(other))},
        notes=(*examples.notes, *(f"test: {note}" for note in other.notes)),
        left_out=(*examples.left_out, *(f"test: {one}" for one in other.left_out)),
    )


def _together(one: Field, other: Field, readings: Readings, what: str) -> Field:
    """The values of an input in both, read as the first are."""
    first, second = one.values, other.values
    if isinstance(first, pd.DataFrame) and isinstance(second, pd.DataFrame):
        if lacking := [name for name in first.columns if name not in second.columns]:
            raise UserError(f"--test {what} has no column {lacking[0]!r}")
        second = alike(second, first, readings)
        return dataclasses.replace(one, values=pd.concat([first, second], ignore_index=True))
    behaviour = ports.of(one.port)
    shapes = [behaviour.alike(one.port, of[0]) for of in (first, second)]
    if shapes[0] != shapes[1]:
        raise UserError(f"--test {what} holds examples of {shapes[1]}, the data of {shapes[0]}")
    sizes = {size: max(getattr(of.port, size) for of in (one, other)) for size in behaviour.numbers}
    return Field(dataclasses.replace(one.port, **sizes), _one_after_another(first, second))


def _answers_together(one: Target, other: Target) -> Target:
    """The values of a target in both."""
    fields = [of for of in (one, other) if isinstance(of, Field)]
    values = _one_after_another(
        *(of.values if isinstance(of, Field) else of for of in (one, other))
    )
    return Field(fields[0].port, values) if fields else np.asarray(values)


def _one_after_another(first: Any, second: Any) -> Any:
    """An array where all are of one shape, else a list."""
    ragged = isinstance(first, list) or isinstance(second, list)
    if ragged or np.shape(first)[1:] != np.shape(second)[1:]:
        return [*first, *second]
    return np.concatenate([first, second])


def _numbered(other: Examples, classes: tuple[str, ...], what: str) -> np.ndarray:
    """Their targets, classes numbered as in the data."""
    assert other.y is not None
    if not classes or not other.task.names_classes:
        return other.y
    found = [called(name, classes) for name in other.classes]
    if new := [name for name in found if name not in classes]:
        raise UserError(
            f"--test {what} holds classes that the data lack: {', '.join(map(repr, new[:3]))}"
        )
    number = np.array([classes.index(name) for name in found])
    return other.task.renumbered(other.y, number)
