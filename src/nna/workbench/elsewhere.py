"""Measure a finished run on other data than those it came from, beside the same baselines."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from nna.data import files, unlabelled
from nna.data.adapt import adapt
from nna.data.examples import Examples
from nna.errors import UserError
from nna.training.runs import Request
from nna.workbench import evaluate
from nna.workbench.predict import Trained
from nna.workbench.train import material_of

TASKS = ("classification", "regression")


def measure(
    trained: Trained, data: str, target: str | None = None, skip_bad: bool = False
) -> dict[str, Any]:
    """Figures on all examples of other data; the run stays as it is.

    The baselines learn from the run's own training part, as they did for its report.

    Args:
        trained: the model and its run.
        data: a dataset's id, or a path to a file or folder, with what is to be predicted.
        target: the column to predict; None: called as in the run's data.
        skip_bad: leave out files or lines that can't be used.

    Returns:
        As `evaluate.results`, with `notes` on what was left out, filled or not known.

    Raises:
        UserError: data of another kind or with classes that the run doesn't know; the run's own
            data are gone; or a task whose examples bring no answer to compare with.
    """
    request = trained.run.request
    if request.task not in TASKS:
        raise UserError(
            f"runs for {request.task} are measured on their own test part alone: leave out {data}"
        )
    where = request.data["data_dir"]
    folder, column = Path(where) if where else None, target or request.data["target"]
    raw = files.source(data, folder, column, request.task, skip_bad)
    raw = _known(unlabelled.fitting(raw, request.port, data), request, data)
    prepared = trained.prepared(raw)
    material = material_of(trained.run)
    adapted, _ = adapt(prepared, material.spec, material.config)
    elsewhere = dataclasses.replace(
        material,
        raw={**material.raw, "test": raw},
        parts={**material.parts, "test": adapted},
    )
    return {**evaluate.results(trained.model, elsewhere), "notes": list(prepared.notes)}


def _known(examples: Examples, request: Request, data: str) -> Examples:
    """The same examples, their classes numbered as in the run.

    Raises:
        UserError: classes that the run never saw.
    """
    if examples.y is None or not request.classes:
        return examples
    new = [name for name in examples.classes if name not in request.classes]
    if new:
        count = int(np.isin(examples.y, [examples.classes.index(name) for name in new]).sum())
        raise UserError(
            f"{data}: {count:,} examples of classes that the run doesn't know "
            f"({', '.join(map(repr, new[:3]))}); it knows {', '.join(map(repr, request.classes))}"
        )
    number = np.array([request.classes.index(name) for name in examples.classes])
    classes = tuple(request.classes)
    return dataclasses.replace(examples, y=number[examples.y], classes=classes)
