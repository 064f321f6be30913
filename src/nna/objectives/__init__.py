"""How something is learnt: one file each, of four kinds behind one interface."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from nna import external
from nna.errors import UserError, nearest

if TYPE_CHECKING:
    from nna.objectives.base import Objective


@cache
def names() -> tuple[str, ...]:
    """Ids of all objectives, sorted: the files of this folder."""
    return tuple(sorted({m.name for m in pkgutil.iter_modules(__path__)} - {"base"}))


def _brought() -> dict[str, ModuleType]:
    """Those of external architectures, each called by its architecture's id."""
    return dict(external.brought("objective"))


def check(name: str) -> None:
    """See that there is such an objective, without importing it.

    Raises:
        UserError: there is none.
    """
    if name not in names() and name not in _brought():
        raise UserError(f"no objective {name!r}; {nearest(name, names(), 'nna train --help')}")


def get(name: str) -> Objective:
    """The objective of that name.

    Raises:
        UserError: no such objective.
    """
    check(name)
    if name not in names():
        return _brought()[name].OBJECTIVE
    return importlib.import_module(f"{__name__}.{name}").OBJECTIVE
