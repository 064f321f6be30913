"""What a model must have to be learnt by an objective: protocols, asked for in one clear line."""

from __future__ import annotations

from functools import cache
from typing import Protocol, TypeVar, cast, runtime_checkable

import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.learning.base import Batch

P = TypeVar("P")


def having(model: object, protocol: type[P]) -> P:
    """The model, as one that has what a protocol names.

    Args:
        model: to be learnt.
        protocol: a class of `typing.Protocol`; the first line of its docstring says what it is for.

    Raises:
        UserError: the model lacks some of it; the line names what.
    """
    if lacking := [name for name in members(protocol) if not hasattr(model, name)]:
        about = (protocol.__doc__ or "").strip().split("\n")[0].rstrip(".")
        raise UserError(
            f"{type(model).__name__} can't learn so: it has no {' and no '.join(lacking)} ({about})"
        )
    return cast(P, model)


@cache
def members(protocol: type) -> tuple[str, ...]:
    """The names of attributes and methods that a protocol asks for."""
    named: dict[str, None] = {}
    for of in protocol.__mro__:
        if getattr(of, "_is_protocol", False) and of is not Protocol:
            own = (*vars(of).get("__annotations__", ()), *vars(of))
            named |= dict.fromkeys(name for name in own if not name.startswith("_"))
    return tuple(named)


class Drawing(Protocol):
    """A generator of one step: it draws an example from a row of noise."""

    noise: int  # numbers of noise for an example


class Hiding(Protocol):
    """A model whose last layer alone is solved for: fixed units stand before it."""

    def hidden(self, x: Tensor) -> Tensor:
        """What the units answer, `(b, units)`."""
        ...


@runtime_checkable
class Unnormalised(Protocol):
    """A density up to a constant, which can be computed."""

    def log_partition(self) -> Tensor:
        """The logarithm of that constant."""
        ...


class Adjustable(Protocol):
    """A model that adjusts one layer, `linear`."""

    linear: nn.Linear


def adjustable(model: nn.Module, batch: Batch) -> tuple[nn.Linear, Tensor]:
    """The one layer that is adjusted, `linear`, and what it reads of a batch.

    It reads what `hidden(x)` gives, where fixed units stand before it, else the examples.

    Raises:
        UserError: there is no such layer.
    """
    hidden = getattr(model, "hidden", None)
    read: Tensor = hidden(batch.x) if hidden else batch.x
    return having(model, Adjustable).linear, read


def draw(probabilities: Tensor) -> Tensor:
    """Units that are on with these probabilities."""
    return (torch.rand_like(probabilities) < probabilities).to(probabilities)
