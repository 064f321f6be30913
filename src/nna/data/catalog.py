"""Datasets declared like architectures: one file each in `sets/`, found by its name."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nna import external
from nna.data import sets
from nna.errors import UserError, nearest
from nna.spec import Input, Task

if TYPE_CHECKING:
    from nna.data.examples import Examples


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What is known of a dataset before it is loaded."""

    title: str
    task: Task
    port: Input  # with numbers for sizes
    rows: int
    origin: Literal["embedded", "generated", "download", "files"]  # files: given by --data-dir
    source: str
    licence: str
    about: str


def names() -> tuple[str, ...]:
    """Ids of all datasets, sorted; those that external architectures bring are called as these."""
    return tuple(
        sorted({*_own(), *(name for name, _ in external.brought("data", "DATASET", "load"))})
    )


@cache
def _own() -> tuple[str, ...]:
    return tuple(m.name for m in pkgutil.iter_modules(sets.__path__))


def _module(name: str):
    if name in _own():
        return importlib.import_module(f"{sets.__name__}.{name}")
    for owner, module in external.brought("data", "DATASET", "load"):
        if owner == name:
            return module
    raise UserError(f"no dataset {name!r}; {nearest(name, names(), 'nna data list')}")


def describe(name: str) -> Dataset:
    """What is known of dataset `name`.

    Raises:
        UserError: no such dataset.
    """
    return _module(name).DATASET


def load(name: str, data_dir: Path | None = None) -> Examples:
    """Load a dataset: from its package, its generator, or files (fetched or in `data_dir`).

    Raises:
        UserError: no such dataset, its files are missing, damaged or can't be fetched.
    """
    found = _module(name).load(data_dir)
    if not isinstance(found.task, str):
        return found
    from nna import tasks

    return dataclasses.replace(found, task=tasks.get(found.task))  # data from elsewhere named it
