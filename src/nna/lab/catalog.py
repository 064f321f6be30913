"""Experiments and structural checks found by their files. Describing them imports no torch."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from nna.errors import UserError, nearest
from nna.lab import experiments, structural
from nna.lab.check import Check
from nna.lab.experiment import Experiment


@cache
def names() -> tuple[str, ...]:
    """Ids of all experiments, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(experiments.__path__)))


def describe(name: str) -> Experiment:
    """What experiment `name` declares.

    Raises:
        UserError: no such experiment; the message names the closest ones.
    """
    if name not in names():
        known = (*names(), *topics())
        raise UserError(f"no experiment {name!r}; {nearest(name, known, 'nna lab list')}")
    return importlib.import_module(f"{experiments.__name__}.{name}").EXPERIMENT


def meant(name: str) -> str:
    """What a reader calls for: a check's row, the experiment of a claim's row, or the name itself.

    A row such as FF-03 may also be written ff-3.
    """
    if not (row := row_of(name)):
        return name
    return row if checks(row) else measures(row) or name


def row_of(name: str) -> str:
    """The row that a reader means, FF-03 by ff-3; "" where it is no row."""
    topic, _, number = name.upper().partition("-")
    return f"{topic}-{number:0>2}" if number else ""


def measures(row: str) -> str | None:
    """The experiment that a claim's row belongs to, if there is one."""
    asked = row_of(row)
    return next(
        (e for e in names() if asked in {row_of(claim.row) for claim in describe(e).claims}), None
    )


@cache
def topics() -> tuple[str, ...]:
    """The topics that have structural checks, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(structural.__path__)))


def checks(name: str) -> tuple[Check, ...]:
    """The structural checks of a topic such as cnn, or the one of a row such as CNN-25, if any."""
    topic, dash, _ = name.partition("-")
    if topic.lower() not in topics():
        return ()
    module = importlib.import_module(f"{structural.__name__}.{topic.lower()}")
    inner = pkgutil.iter_modules(getattr(module, "__path__", []), f"{module.__name__}.")
    parts = [module, *(importlib.import_module(part.name) for part in inner)]
    held = [value for part in parts for value in vars(part).values()]
    rows = {value.row: value for value in held if isinstance(value, Check)}
    return tuple(rows[row] for row in sorted(rows) if not dash or row == name.upper())
