"""What a run's folder tells of itself, checked once when the run is opened."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nna import objectives, plain, ports, tasks
from nna.data.prepare import Preparation
from nna.errors import UserError
from nna.spec import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Where a run's data came from."""

    data: str
    data_dir: str | None = None
    target: str | None = None
    task: str | None = None
    skip_bad: bool = False
    encoding: str | None = None
    max_samples: int | None = None
    forecast: dict[str, Any] | None = None
    groups: str | None = None
    time: str | None = None
    split: str | None = None
    test: str | None = None
    dates: list[str] | None = None
    fingerprint: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """What an example of its data is."""

    kind: str
    features: int | None = None
    edge_features: int | None = None
    channels: int | None = None
    size: int | None = None
    min_size: int | None = None
    steps: int | None = None
    vocab: int | None = None
    length: int | None = None
    mask: bool | None = None
    along: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """How its series are cut."""

    horizon: int
    lookback: int
    season: int
    freq: str
    past_covariates: dict[str, tuple[float, float]]
    future_covariates: dict[str, tuple[float, float]]
    format: str | None = None


WIDEST = 10**7  # whole number in a configuration
RANGES: Mapping[str, tuple[float, float]] = {  # of numbers in a recipe
    "epochs": (1, 1e9),
    "learning_rate": (0, math.inf),
    "batch_size": (0, 1e9),
    "warmup": (0, 1),
    "momentum": (0, 1),
    "weight_decay": (0, math.inf),
    "clip_norm": (0, math.inf),
    "patience": (1, 1e9),
    "layer_lr_decay": (0, math.inf),
}


def check(request: Mapping[str, Any]) -> None:
    """See that what was asked of a run holds what its fields may hold.

    Raises:
        UserError: it doesn't; the line says where.
    """
    found = plain.first(_faults(request))
    if found:
        raise UserError(found)
    Preparation.from_json(request["preparation"])
    recipe = request["recipe"]
    objectives.check(recipe["objective"])
    if recipe.get("objective_settings"):
        objectives.get(recipe["objective"], recipe["objective_settings"])


def _faults(of: Mapping[str, Any]) -> Iterable[str | None]:
    shapes: list[tuple[str, Any]] = [("recipe", Recipe), ("data", Data)]
    if of["port"].get("kind") in ports.kinds():  # else of an architecture that brought its own
        shapes.append(("port", Port))
    yield from (plain.fault(of[name], shape, name) for name, shape in shapes)
    if of.get("windows") is not None:
        yield plain.fault(of["windows"], Windows, "windows")
    if tasks.get(of["task"]).ahead and (of.get("windows") is None or not of["data"]["forecast"]):
        yield "'forecasting' without 'windows'"
    yield from _ranges(of)
    if len(set(of["classes"])) < len(of["classes"]):
        yield "'classes' names one twice"
    classes = of["config"].get("classes", 0) if tasks.get(of["task"]).one_class else 0
    if classes and classes != len(of["classes"]):
        yield f"'classes' names {len(of['classes'])}, 'config' has {classes}"


def _ranges(of: Mapping[str, Any]) -> Iterable[str | None]:
    port = of["port"]
    for name, value in of["config"].items():
        several = value if isinstance(value, list) else [value]
        if not all(0 <= one <= WIDEST for one in several if type(one) is int):
            yield f"config, {name!r} can't be {str(value)[:40]}"
    numbers = [
        (f"recipe, {name!r}", of["recipe"].get(name), *ends) for name, ends in RANGES.items()
    ]
    numbers += [
        (f"port, {name!r}", port.get(name) or 0, 1, 1e9)
        for name in ports.called(port["kind"]).numbers
    ]
    weights = of["recipe"].get("class_weights") or []
    if weights and (len(weights) != len(of["classes"]) or min(weights) <= 0):
        yield f"recipe, 'class_weights' can't be {str(weights)[:40]}"
    numbers += [("'split_seed'", of.get("split_seed"), 0, 2**63)]
    numbers += [("'seed'", of["seed"], 0, 2**63), ("'threads'", of.get("threads"), 1, 1e5)]
    for name, value, least, most in numbers:
        if value is not None and not least <= value <= most:
            yield f"{name} can't be {value:g}"


Cell = float | None
SHAPES: Mapping[str, Any] = {
    "metrics.jsonl": dict[str, Cell],
    "calibration.json": dict[str, float | list[Cell] | dict[str, Cell]],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure as it is kept."""

    value: Cell
    low: Cell
    high: Cell
    higher_is_better: bool = True
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From which share on a class is named, and by which metric on how many rows it was chosen."""

    value: float
    positive: str
    by: str | None = None
    rows: int | None = None


def history(lines: Any) -> str | None:
    """What is wrong with the figures of the epochs; None: nothing."""
    wrong = plain.fault(lines, list[SHAPES["metrics.jsonl"]], "a line")
    if wrong:
        return wrong
    if not all(isinstance(line.get("epoch"), int | float) for line in lines):
        return "a line has no 'epoch'"
    if any(line.keys() != lines[0].keys() for line in lines):
        return "lines hold different figures"
    return None


def calibration(known: Any) -> str | None:
    """What is wrong with what the test rows told of single answers; None: nothing."""
    if wrong := plain.fault(known, SHAPES["calibration.json"]):
        return wrong
    for name in ("errors", "usualness"):
        if name in known and not isinstance(known[name], list):
            return f"{name!r} is no list"
    if "temperature" not in known:
        return None
    good = isinstance(known["temperature"], int | float) and known["temperature"] > 0
    losses = known.get("log loss")
    if not good or not isinstance(losses, dict):
        return "'temperature' or 'log loss' can't be so"
    for when in ("before", "after"):
        if not isinstance(losses.get(when), int | float):
            return f"'log loss' has no {when!r}"
    return None


def results(measured: Any) -> str | None:
    """What is wrong with what was measured; None: nothing."""
    if not isinstance(measured, dict):
        return "it is no record"
    hints = {
        "task": str,
        "test examples": int,
        "metrics": dict[str, Figure],
        "baselines": dict[str, dict[str, Figure]],
        "verdict": str,
        "behind": str,
        "warnings": list[str],
        "notes": list[str],
        "classes": list[str],
        "confusion": list[list[int]],
        "IoU": list[Cell],
        "threshold": Threshold,
        "radii": dict[str, list[Cell]],
    }
    needed = ("task", "test examples", "metrics", "baselines")
    if lacking := [name for name in needed if name not in measured]:
        return f"{lacking[0]!r} is missing"
    for name, hint in hints.items():
        if name in measured and (wrong := plain.fault(measured[name], hint, name)):
            return wrong
    for of in (measured["metrics"], *measured["baselines"].values()):
        for name, figure in of.items():
            if (figure["low"] is None) != (figure["high"] is None):
                return f"{name!r} has half an interval"
    return None


def is_name(name: str) -> bool:
    """Whether a run's folder may be called so: one step down, in sight, and no way up."""
    odd = any(ord(letter) < 32 for letter in name) or len(name.encode(errors="replace")) > 200
    return bool(name) and name[0] != "." and not {"/", "\\"} & {*name} and not odd
