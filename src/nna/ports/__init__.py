"""What goes into networks, kind by kind: one file each, looked up by the type that a spec declares.

A port of one's own is a class beside the network that declares it; the behaviour stands in the same
file as `PORT`.
"""

from __future__ import annotations

import dataclasses
import importlib
import sys
from functools import cache
from typing import Any, get_args

from nna import spec_ports
from nna.ports.base import Field, Port

__all__ = ["Field", "Port", "called", "kinds", "of"]


def of(declared: Any) -> Port:
    """The behaviour of a declared port."""
    return _of(type(declared))


@cache
def _of(kind: type) -> Port:
    if kind.__module__ == spec_ports.__name__:
        return importlib.import_module(f"{__name__}.{kind.__name__.lower()}").PORT
    return sys.modules[kind.__module__].PORT


@cache
def kinds() -> tuple[str, ...]:
    """The kinds of the library's own ports, sorted."""
    return tuple(sorted(kind for kind, _ in _declared()))


def called(kind: str) -> Port:
    """The behaviour of a kind, as records on disk name it; of one from elsewhere, the defaults."""
    return _of(dict(_declared())[kind]) if kind in kinds() else Port()


def _declared() -> list[tuple[str, type]]:
    return [
        (str(of.default), port)
        for port in get_args(spec_ports.Input)
        for of in dataclasses.fields(port)
        if of.name == "kind"
    ]
