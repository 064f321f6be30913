"""What networks give: one tensor, or several by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import torch


ONE = "output"
T = TypeVar("T")


def named(given: T | Mapping[str, T]) -> dict[str, T]:
    """What a network gives, by name; the one thing that most give is called "output"."""
    return dict(given) if isinstance(given, Mapping) else {ONE: given}


def one_of(given: T | Mapping[str, T]) -> T:
    """The one thing that is asked for: of several, that which is called "output"."""
    several = named(given)
    if ONE in several:
        return several[ONE]
    (alone,) = several.values()
    return alone


def along(declared: Any) -> dict[str, str]:
    """The input whose steps an output follows, by the output's name; of others nothing."""
    several = named(getattr(declared, "of", {}) if declared.kind == "several" else declared)
    return {name: of.along for name, of in several.items() if getattr(of, "along", None)}


def ended(out: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """An output `(b, steps, ...)` that is NaN where the input that it follows holds nothing."""
    import torch

    beyond = ~mask.reshape(*mask.shape, *(1 for _ in out.shape[2:]))
    return out.masked_fill(beyond, torch.nan)
