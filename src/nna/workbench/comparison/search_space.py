"""What may be tried: read from an architecture's spec, or stated for a baseline."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args, get_origin, get_type_hints

from nna import registry
from nna.learning.base import Objective
from nna.learning.settings import PREFIX, fields

if TYPE_CHECKING:
    from optuna import Trial

Setting = bool | int | float | str | tuple[int, ...] | None  # a value that a setting may have
Settings = Mapping[str, Setting]  # by name


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values; they are named by their place, since not all stores take tuples."""

    values: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two bounds, evenly by its logarithm unless `linear`."""

    low: float
    high: float
    linear: bool = False
    whole: bool = False


# By "recipe.learning_rate", "settings.hidden", or a baseline's argument.
Space = Mapping[str, Choice | Range]
FACTORS = (0.25, 0.5, 1.0, 2.0)  # of the desk size's widths
LEARNT_BY_DATA = ("features", "channels", "classes", "vocab", "steps", "length", "size")


def of_architecture(reference: str) -> Space:
    """The rate, the decay and the fields of the configuration around the desk size.

    Widths are scaled, shares go from 0 to a half, words are chosen among those declared. What the
    data decide is left alone, and so are fields of other kinds.

    Args:
        reference: "mlp" or "mlp/desk".
    """
    spec = registry.describe(reference)
    recipe, config = spec.recipe, registry.configure(reference)
    space: dict[str, Choice | Range] = {
        "recipe.learning_rate": Range(recipe.learning_rate / 10, recipe.learning_rate * 3),
        "recipe.weight_decay": Range(1e-6, 0.1),
        "recipe.batch_size": Choice((16, 32, 64, 128)),
    }
    hints = get_type_hints(type(config))
    for field in dataclasses.fields(config):
        if field.name not in LEARNT_BY_DATA:
            found = _of_field(hints[field.name], getattr(config, field.name))
            if found:
                space[f"settings.{field.name}"] = found
    return space


def of_objective(objective: Objective) -> Space:
    """The numbers among an objective's settings, around those that it has."""
    space: dict[str, Choice | Range] = {}
    for name, field in fields(objective).items():
        bounds, value = field.metadata["bounds"], getattr(objective, name)
        if isinstance(value, float) and value > 0:
            ceiling = (value + bounds.most) / 2
            found = Range(max(value / 4, bounds.least), min(value * 4, ceiling))
        elif isinstance(value, int) and not isinstance(value, bool):
            near = (max(round(value * f), math.ceil(bounds.least)) for f in FACTORS)
            found = Choice(tuple(dict.fromkeys(one for one in near if one <= bounds.most)))
        else:
            continue
        space[f"settings.{PREFIX}{name}"] = found
    return space


def _of_field(kind: object, value: Setting) -> Choice | Range | None:
    if get_origin(kind) is Literal:
        return Choice(get_args(kind))
    if isinstance(value, bool) or kind is bool:
        return Choice((False, True))
    if isinstance(value, int):
        return Choice(tuple(dict.fromkeys(max(1, round(value * f)) for f in FACTORS)))
    if isinstance(value, float) and 0 <= value < 1:
        return Range(0.0, 0.5, linear=True)
    if isinstance(value, tuple) and value and all(isinstance(one, int) for one in value):
        scaled = (tuple(max(1, round(one * f)) for one in value) for f in FACTORS)
        return Choice(tuple(dict.fromkeys(scaled)))
    return None


def draw(trial: Trial, space: Space) -> dict[str, Setting]:
    """Values for one trial of an Optuna study."""
    drawn = {}
    for name, among in space.items():
        if isinstance(among, Choice):
            place = trial.suggest_categorical(name, [*range(len(among.values))])
            drawn[name] = among.values[place]
        elif among.whole:
            drawn[name] = trial.suggest_int(name, int(among.low), int(among.high))
        else:
            drawn[name] = trial.suggest_float(name, among.low, among.high, log=not among.linear)
    return drawn


def grid(space: Space, points: int = 3) -> dict[str, list[int] | list[float]]:
    """Some values of everything, for a search of all combinations."""
    import numpy as np

    listed: dict[str, list[int] | list[float]] = {}
    for name, among in space.items():
        if isinstance(among, Choice):
            listed[name] = [*range(len(among.values))]
        elif among.linear:
            listed[name] = np.linspace(among.low, among.high, points).tolist()
        else:
            listed[name] = np.geomspace(among.low, among.high, points).tolist()
    return listed


def parted(drawn: Settings) -> tuple[dict[str, Setting], dict[str, Setting]]:
    """What was drawn for a network: fields of the recipe, and settings of the configuration."""
    recipe = {k.removeprefix("recipe."): v for k, v in drawn.items() if k.startswith("recipe.")}
    settings = {
        k.removeprefix("settings."): v for k, v in drawn.items() if k.startswith("settings.")
    }
    return recipe, settings
