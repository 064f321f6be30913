"""What goes into networks, kind by kind: one file each, looked up by the type that a spec declares.

A port of one's own is a class beside the network that declares it; the behaviour stands in the same
file as `PORT`.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import Any

from nna import spec
from nna.ports.base import Field, Port

__all__ = ["Field", "Port", "of"]


def of(declared: Any) -> Port:
    """The behaviour of a declared port."""
    return _of(type(declared))


@cache
def _of(kind: type) -> Port:
    if kind.__module__ == spec.__name__:
        return importlib.import_module(f"{__name__}.{kind.__name__.lower()}").PORT
    return sys.modules[kind.__module__].PORT
