"""What was measured of a trained model: one kind of results a task, written as plain data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nna.spec import Task
from nna.training.runs import Run
from nna.workbench import as_json
from nna.workbench.as_json import written
from nna.workbench.evaluation.intervals import Figure

Figures = dict[str, Figure]  # by the metric's name


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability on the positive one of two classes is named."""

    value: float
    positive: str
    by: str | None = None  # the metric that it is best by on validation; None: the user named it
    rows: int | None = None  # of validation that it was chosen on


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Figures of a model and of its rivals on the test part."""

    task: Task
    test_examples: int
    metrics: Figures
    baselines: dict[str, Figures]
    threshold: Threshold | None = None
    warnings: list[str] | None = None  # what makes the figures look better than they are
    notes: list[str] | None = None
    behind: str | None = None  # where a baseline does better: which, and what to try

    def to_json(self) -> dict[str, object]:
        """Plain data, as a run keeps it; without what there is none of."""
        return as_json.of(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfClasses(Results):
    """Of examples that have a class each: who was taken for whom."""

    classes: list[str]
    confusion: list[list[int]]  # a row a true class, a column a predicted one


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPixels(Results):
    """Of pictures with a class a pixel."""

    classes: list[str]
    iou: list[float | None]  # of each class over all pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBoxes(Results):
    """Of pictures with boxes."""

    classes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfForecasts(Results):
    """Of windows of series."""

    verdict: str  # whether the model is worth its trouble
    radii: dict[str, list[float]] = field(default_factory=dict)  # of intervals, by per cent
    by_step: dict[str, list[float]] = field(default_factory=dict)  # mean errors of each, by name


KINDS: Mapping[Task, type[Results]] = {
    "classification": OfClasses,
    "node-classification": OfClasses,
    "segmentation": OfPixels,
    "detection": OfBoxes,
    "forecasting": OfForecasts,
}


def of_run(run: Run) -> Results | None:
    """What a run keeps; None: it never came to that.

    Raises:
        UserError: the file is damaged.
    """
    plain = run.results()
    return None if plain is None else from_json(plain)


def from_json(plain: Mapping[str, Any]) -> Results:
    """Results from what a run's file holds, checked (`nna.training.run_validation`).

    Where an older one lacks what its task keeps beside the figures, they are results all the same.
    """
    kind = KINDS.get(plain["task"], Results)
    if any(written(name) not in plain for name in _needed(kind)):
        kind = Results
    known = {of.name: written(of.name) for of in dataclasses.fields(kind)}
    given = {name: plain[key] for name, key in known.items() if key in plain}
    given["metrics"] = _figures(plain["metrics"])
    given["baselines"] = {name: _figures(of) for name, of in plain["baselines"].items()}
    if "threshold" in given:
        given["threshold"] = Threshold(**given["threshold"])
    return kind(**given)


def _needed(kind: type[Results]) -> list[str]:
    fields = dataclasses.fields(kind)
    missing = dataclasses.MISSING
    return [f.name for f in fields if f.default is missing and f.default_factory is missing]


def _figures(plain: Mapping[str, Any]) -> Figures:
    return {name: Figure(**of) for name, of in plain.items()}
