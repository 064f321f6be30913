"""How something is learnt: one file each, of four kinds behind one interface."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from nna.errors import UserError, nearest
from nna.objectives.base import Objective


@cache
def names() -> tuple[str, ...]:
    """Ids of all objectives, sorted: the files of this folder."""
    return tuple(sorted({m.name for m in pkgutil.iter_modules(__path__)} - {"base"}))


def get(name: str) -> Objective:
    """The objective of that name.

    Raises:
        UserError: no such objective.
    """
    if name not in names():
        raise UserError(f"no objective {name!r}; {nearest(name, names(), 'nna train --help')}")
    return importlib.import_module(f"{__name__}.{name}").OBJECTIVE
