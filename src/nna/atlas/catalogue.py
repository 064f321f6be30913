"""All descriptions that can be read, and why the others can't: a broken one hides only itself."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass

from nna import architectures, external, registry
from nna.spec import Architecture


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands in the library."""

    specs: dict[str, Architecture]  # by id, sorted
    unreadable: dict[str, str]  # id -> why its description can't be read


def read() -> Shelf:
    """Describe every architecture; imports no torch."""
    specs: dict[str, Architecture] = {}
    unreadable: dict[str, str] = {}
    for name in registry.names():
        try:
            spec = registry.describe(name)
            if registry.DESK in spec.variants:
                specs[name] = spec
            else:
                unreadable[name] = f"it has no variant {registry.DESK!r}"
        except Exception as error:  # a half-written spec.py may raise anything
            unreadable[name] = f"{type(error).__name__}: {error}"
    return Shelf(specs, unreadable)


def families() -> tuple[str, ...]:
    """The families, sorted: the folders that hold the architectures' own, and of external ones."""
    found = pkgutil.iter_modules([architectures.__path__[0]])
    own = {module.name for module in found if module.ispkg}
    return tuple(sorted(own | ({registry.EXTERNAL} if external.modules() else set())))
