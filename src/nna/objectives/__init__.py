"""How something is learnt: of four kinds behind one interface, found by name.

An objective that several architectures share is a file here, its class called OBJECTIVE. One that a
single architecture needs stands in that architecture's folder: `objective.py` lists it in a mapping
OBJECTIVES, and the architecture's spec names it as any other.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from nna import registry
from nna.errors import UserError, nearest

if TYPE_CHECKING:
    from nna.learning.base import Objective
    from nna.spec import Recipe

OWN = "objective"  # the file of an architecture's own objectives, and theirs in it: OBJECTIVES


@cache
def shared() -> tuple[str, ...]:
    """Names of the objectives that several architectures share: the files of this folder."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def _owners() -> dict[str, list[str]]:
    """The architectures that bring an objective of their own, by its name."""
    owners: dict[str, list[str]] = {}
    for architecture in registry.names():
        inside = registry.family(architecture) != registry.EXTERNAL
        for name in (_of_library if inside else _brought)(architecture):
            owners.setdefault(name, []).append(architecture)
    return owners


def _brought(architecture: str) -> tuple[str, ...]:
    """The objectives that an architecture brings itself."""
    if not (registry.folder(architecture) / f"{OWN}.py").is_file():
        return ()
    named = registry.describe(architecture).objectives
    return tuple(name for name in named if name not in shared())


_of_library = cache(_brought)  # whose folders stay as they are


def names() -> tuple[str, ...]:
    """Names of all objectives, sorted."""
    return tuple(sorted({*shared(), *_owners()}))


def check(name: str) -> None:
    """See that there is such an objective, without importing it.

    Raises:
        UserError: there is none.
    """
    if name not in shared() and name not in _owners():
        raise UserError(f"no objective {name!r}; {nearest(name, names(), 'nna train --help')}")


def find(name: str) -> type[Objective]:
    """The class of the objective of that name.

    Raises:
        UserError: no such objective, or several architectures bring one of that name.
    """
    check(name)
    if name in shared():
        return importlib.import_module(f"{__name__}.{name}").OBJECTIVE
    owner, *others = _owners()[name]
    if others:
        raise UserError(f"{owner} and {others[0]} both bring an objective {name!r}: rename one")
    own: Mapping[str, type[Objective]] = registry.resolve(owner, f"{OWN}:OBJECTIVES")
    if name not in own:
        raise UserError(f"{owner}: OBJECTIVES in {OWN}.py has no {name!r}, which its spec.py names")
    return own[name]


def get(name: str, settings: Mapping[str, Any] | None = None) -> Objective:
    """The objective of that name, with some settings replaced.

    Raises:
        UserError: no such objective or setting, or a value that makes no sense.
    """
    from nna.learning.settings import PREFIX, fields, fitting

    kind, given = find(name), dict(settings or {})
    known = tuple(fields(kind))
    for setting in given:
        if setting not in known:
            has = ", ".join(PREFIX + one for one in known)
            told = f"it has: {has}" if has else "it has none"
            raise UserError(f"{name} has no setting {PREFIX + str(setting)}; {told}")
    return kind(**fitting(kind, given))


def of(recipe: Recipe) -> Objective:
    """The objective of a recipe, with the recipe's settings.

    Raises:
        UserError: as `get`.
    """
    return get(recipe.objective, recipe.objective_settings)


def settings_of(objective: Objective) -> dict[str, Any]:
    """The settings of an objective with their values, all of them."""
    from nna.learning.settings import fields

    return {name: getattr(objective, name) for name in fields(objective)}
