"""How something is learnt: one file each, of four kinds behind one interface."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from nna.errors import UserError, nearest

if TYPE_CHECKING:
    from nna.objectives.base import Objective


@cache
def names() -> tuple[str, ...]:
    """Ids of all objectives, sorted: the files of this folder."""
    return tuple(sorted({m.name for m in pkgutil.iter_modules(__path__)} - {"base"}))


def check(name: str) -> None:
    """See that there is such an objective, without importing it.

    Raises:
        UserError: there is none.
    """
    if name not in names():
        raise UserError(f"no objective {name!r}; {nearest(name, names(), 'nna train --help')}")


def get(name: str) -> Objective:
    """The objective of that name.

    Raises:
        UserError: no such objective.
    """
    check(name)
    return importlib.import_module(f"{__name__}.{name}").OBJECTIVE
