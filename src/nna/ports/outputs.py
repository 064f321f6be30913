"""What networks give: one tensor, or several by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

ONE = "output"
T = TypeVar("T")


def named(given: T | Mapping[str, T]) -> dict[str, T]:
    """What a network gives, by name; the one thing that most give is called "output"."""
    return dict(given) if isinstance(given, Mapping) else {ONE: given}
