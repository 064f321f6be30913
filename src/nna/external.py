"""Architectures that don't come with the library: folders anywhere, and other packages'.

A folder is named by its user, in a call, on the command line or in `NNA_ARCHITECTURES`; a package
by its entry point in the group "nna.architectures". No file that the library writes or reads names
one: what a run says is an id, and an id alone never makes anything be imported from a new place.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from nna.errors import UserError

GROUP = "nna.architectures"  # of entry points: id = package.module
VARIABLE = (
    "NNA_ARCHITECTURES"  # folders, separated as in PATH; processes started from here inherit it
)
PREFIX = "nna_external_"  # of the packages that folders become

_modules: dict[str, str] = {}  # id -> package
_folders: dict[str, Path] = {}  # id -> where it lies


def modules() -> dict[str, str]:
    """The packages of external architectures, by their ids."""
    return _installed() | _modules


def folder(name: str) -> Path:
    """Where an external architecture lies."""
    if name in _folders:
        return _folders[name]
    found = importlib.util.find_spec(_installed()[name])
    assert found is not None
    return Path((found.submodule_search_locations or [found.origin or ""])[0])


def shown(name: str) -> str:
    """What a user may type for an external architecture: its folder, or its id where installed."""
    if name not in _folders:
        return name
    path = _folders[name]
    near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return str(near) if near.is_absolute() else f"./{near}"


FAILS = (  # what Python raises where code errs
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


@contextmanager
def code_of(name: str) -> Iterator[None]:
    """Run code of an architecture; what an external one's raises is told in a line.

    Args:
        name: its id; errors in the library's own pass as they are.

    Raises:
        UserError: the file, the line, and what is wrong there.
    """
    try:
        yield
    except FAILS as error:
        if name not in modules():
            raise
        raise UserError(f"{shown(name)}: {_told(error, folder(name))}") from error


def _told(error: BaseException, home: Path) -> str:
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).parent == home:
        return f"{Path(error.filename).name}, line {error.lineno}: {error.msg}"
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.lineno is not None]
    own = [one for one in frames if Path(one.filename).parent == home]
    place = f"{Path(own[-1].filename).name}, line {own[-1].lineno}: " if own else ""
    return " ".join(f"{place}{said}".split())


def imported(name: str, package: str, part: str) -> ModuleType:
    """A file of an architecture, as a module; see `attribute`."""
    with code_of(name):
        return importlib.import_module(f"{package}.{part}")


def attribute(name: str, package: str, part: str, wanted: str, why: str = "") -> Any:
    """Something that a file of an architecture holds.

    Args:
        name: of the architecture.
        package: that the file is a module of.
        part: the file, without its ending.
        wanted: what is looked for in it.
        why: who says that it is there.

    Raises:
        UserError: the file of an external architecture can't be imported, or lacks it.
    """
    module = imported(name, package, part)
    if not hasattr(module, wanted) and name in modules():
        raise UserError(f"{shown(name)}: {part}.py has no {wanted}{why}")
    return getattr(module, wanted)


def brought(part: str, *wanted: str) -> Iterator[tuple[str, ModuleType]]:
    """What external architectures bring beside themselves, by their ids.

    Args:
        part: "task" (a `TASK` of their own) or "data" (a `DATASET` and `load()`, called by the
            architecture's id).
        wanted: what the file must hold.

    Raises:
        UserError: it doesn't, or can't be imported.
    """
    for name, package in modules().items():
        if (folder(name) / f"{part}.py").is_file():
            for one in wanted:
                attribute(name, package, part, one)
            yield name, imported(name, package, part)


def register(where: str | Path | ModuleType, taken: tuple[str, ...]) -> str:
    """Make an architecture known by its folder or its module; its id is the folder's name.

    Args:
        where: the folder, or the package when it is imported already.
        taken: ids that are the library's own.

    Raises:
        UserError: no such folder, one without a spec.py and a model.py, or an id that is taken.
    """
    if isinstance(where, ModuleType):
        path, package = Path(next(iter(where.__path__), "")).resolve(), where.__name__
    else:
        path, package = Path(where).expanduser().resolve(), None
    name = path.name
    if lacking := [file for file in ("spec.py", "model.py") if not (path / file).is_file()]:
        raise UserError(f"{where}: no folder of an architecture, it has no {lacking[0]}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise UserError(f"{where}: its name is its id: write it in snake case, such as my_network")
    if name in taken:
        raise UserError(f"{where}: the library has an architecture {name!r}; call yours otherwise")
    if _folders.get(name, path) != path:
        raise UserError(f"{where}: {name!r} is already the architecture in {_folders[name]}")
    if name not in _folders:
        _add(name, path, package)
        known = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = os.pathsep.join([*([known] if known else []), str(path)])
    return name


def _add(name: str, path: Path, package: str | None = None) -> None:
    if package is None:
        package = PREFIX + name
        module = ModuleType(package, f"The architecture in {path}.")
        module.__path__ = [str(path)]
        sys.modules[package] = module  # its parts are imported as those of any package
    _modules[name], _folders[name] = package, path


@cache
def _installed() -> dict[str, str]:
    return {entry.name: entry.value for entry in importlib.metadata.entry_points(group=GROUP)}


def _named() -> None:
    """Know the folders that the environment names, before anything of theirs is unpickled here."""
    for word in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        path = Path(word).expanduser().resolve()
        if (path / "spec.py").is_file():
            _add(path.name, path)


_named()
