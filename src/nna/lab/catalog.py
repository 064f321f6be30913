"""Experiments found by their files. Listing and describing them imports no torch."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from nna.errors import UserError, nearest
from nna.lab import experiments
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
        raise UserError(f"no experiment {name!r}; {nearest(name, names(), 'nna lab list')}")
    return importlib.import_module(f"{experiments.__name__}.{name}").EXPERIMENT
