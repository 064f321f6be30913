"""Settings of objectives: fields of a frozen dataclass, with the values that make sense."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, get_type_hints

from nna import plain
from nna.errors import UserError

PREFIX = "objective."  # of a setting's name beside settings of a configuration


@dataclasses.dataclass(frozen=True, slots=True)
class Bounds:
    """Between which ends a setting makes sense; every number of several, where it has several."""

    least: float = -math.inf
    most: float = math.inf
    open: bool = False  # whether the ends themselves make no sense

    def hold(self, value: float) -> bool:
        """Whether a number lies between them."""
        if self.open:
            return self.least < value < self.most
        return self.least <= value <= self.most

    def __str__(self) -> str:
        ends = [
            (self.least, "above" if self.open else "at least"),
            (self.most, "below" if self.open else "at most"),
        ]
        return " and ".join(f"{word} {end:g}" for end, word in ends if math.isfinite(end))


def setting(
    default: Any, least: float = -math.inf, most: float = math.inf, *, is_open: bool = False
) -> Any:
    """A field that a user may set.

    Args:
        default: its value unless it is given.
        least: it makes sense from here on.
        most: up to here.
        is_open: whether the ends themselves make no sense.
    """
    return dataclasses.field(default=default, metadata={"bounds": Bounds(least, most, is_open)})


def fields(objective: Any) -> dict[str, dataclasses.Field[Any]]:
    """The settings of an objective, or of its class, by name."""
    return {f.name: f for f in dataclasses.fields(objective) if f.init}


def check(objective: Any) -> None:
    """See that every setting is of its kind and makes sense.

    Raises:
        UserError: one isn't; the line says what it may be.
    """
    own = fields(objective)
    hints = get_type_hints(type(objective)) if own else {}
    for name, field in own.items():
        value, bounds = getattr(objective, name), field.metadata.get("bounds", Bounds())
        told, several = _shown(value), isinstance(value, tuple | list)
        if plain.fault(value, hints[name], name) or (several and not value):
            raise UserError(
                f"{PREFIX}{name} can't be {told}; it is {_shown(field.default)} unless given"
            )
        if isinstance(field.default, int | float | tuple) and not all(
            bounds.hold(one) for one in (value if several else (value,))
        ):
            raise UserError(f"{PREFIX}{name} is {told}; it must be {bounds}")


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ",".join(map(_shown, value)) or "empty"
    return f"{value:g}" if isinstance(value, float) else repr(value)[:40]
