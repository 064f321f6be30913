"""Settings of objectives: fields of a frozen dataclass, with the values that make sense."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

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


def configuration_and_objective(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings of a configuration, and those of the objective beside them, without the prefix."""
    aims = {k.removeprefix(PREFIX): v for k, v in given.items() if k.startswith(PREFIX)}
    return {k: v for k, v in given.items() if not k.startswith(PREFIX)}, aims


def prefixed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of an objective by the names that a user gives them."""
    return {PREFIX + name: value for name, value in given.items()}


def fields(objective: Any) -> dict[str, dataclasses.Field[Any]]:
    """The settings of an objective, or of its class, by name."""
    return {f.name: f for f in dataclasses.fields(objective) if f.init}


def fitting(kind: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """Values for some settings of an objective's class, as they are to be kept.

    Whole numbers become others where these are meant, lists tuples.

    Raises:
        UserError: one is of another kind or makes no sense; the line says what it may be.
    """
    own = fields(kind)
    hints = get_type_hints(kind) if given else {}
    return {name: _fitting(value, own[name], hints[name]) for name, value in given.items()}


def _fitting(value: Any, field: dataclasses.Field[Any], hint: Any) -> Any:
    several = isinstance(value, list | tuple)
    if plain.fault(value, hint, field.name) or (several and not value):
        usual = _shown(field.default)
        raise UserError(f"{PREFIX}{field.name} can't be {_shown(value)}; it is {usual} by default")
    bounds = field.metadata.get("bounds", Bounds())
    if isinstance(field.default, int | float | tuple) and not all(
        bounds.hold(one) for one in (value if several else (value,))
    ):
        raise UserError(f"{PREFIX}{field.name} is {_shown(value)}; it must be {bounds}")
    if several:
        return tuple(map(get_args(hint)[0], value))
    return float(value) if hint is float else value


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ",".join(map(_shown, value)) or "empty"
    return f"{value:g}" if isinstance(value, float) else repr(value)[:40]
