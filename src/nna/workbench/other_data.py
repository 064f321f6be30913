"""Measure a finished run on other data than those it came from, beside the same baselines."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from nna import ports, tasks
from nna.data import catalog, sources, unlabelled
from nna.data.examples import Examples
from nna.data.images import class_folders, to_port
from nna.data.records.file import Asked
from nna.data.splits import row_identity
from nna.data.tables import tabular, targets
from nna.errors import UserError
from nna.training.runs import Request
from nna.workbench.evaluation import evaluate, seen_rows
from nna.workbench.evaluation.results import Results
from nna.workbench.prepared_data import Material
from nna.workbench.run_options import with_scoring
from nna.workbench.train import material_of
from nna.workbench.trained_model import Trained


def measure(  # noqa: PLR0913 - one argument a thing that the user may say
    trained: Trained,
    data: str | pd.DataFrame,
    target: str | None = None,
    skip_bad: bool = False,
    encoding: str | None = None,
    metric: str | None = None,
) -> Results:
    """Figures on the examples of other data that the run has not learnt from; it stays as it is.

    The baselines learn from the run's own training part, as they did for its report.

    Args:
        trained: the model and its run.
        data: a dataset's id, a path to a file or folder, or a frame, with what is to be predicted.
        target: the column to predict; None: called as in the run's data.
        skip_bad: leave out files or lines that can't be used.
        encoding: of a file of text; None: it is found out.
        metric: what is told first; None: as in the run.

    Returns:
        As `evaluate.results`, with `notes` on what was left out, filled or not known.

    Raises:
        UserError: data of another kind or with classes that the run doesn't know, or without an
            example that is new to it; the run's own data are gone; or a task whose examples bring
            no answer to compare with.
    """
    request, name = trained.run.request, "the frame" if isinstance(data, pd.DataFrame) else data
    if not trained.task.portable:
        raise UserError(
            f"runs for {trained.task} are measured on their own test part alone: leave out {name}"
        )
    examples = _read(trained, data, target, skip_bad, encoding)
    raw = _known(unlabelled.fitting(examples, request.port, name), request, name)
    if isinstance(raw.x, pd.DataFrame):  # a column that split the run's own rows
        raw = raw.changed(x=raw.x.drop(columns=[*trained.apart], errors="ignore"))
    prepared = trained.prepared(raw)
    material = _own(trained, name)
    fresh = ~row_identity.known(
        row_identity.of_examples(raw, material.preparation), seen_rows.of(trained.run, material)
    )
    told: tuple[str, ...] = ()
    if not fresh.all():
        told = (_left_out(fresh, name),)
        raw = raw.take(np.flatnonzero(fresh))
        prepared = trained.prepared(raw)
    how = with_scoring(material, metric or request.metric, request.positive).scoring
    if trained.scoring.threshold is not None:
        how = dataclasses.replace(trained.scoring, metric=how.metric)
    elsewhere = dataclasses.replace(
        material,
        scoring=how,
        raw={**material.raw, "test": raw},
        parts={**material.parts, "test": trained.adapted(prepared)},
    )
    found = evaluate.results(trained.model, elsewhere)
    notes = [*told, *trained.unlike(raw), *prepared.notes]
    return dataclasses.replace(found, notes=notes)


def _left_out(fresh: np.ndarray, data: str) -> str:
    """What is to be said of examples that are no test.

    Raises:
        UserError: no other is left.
    """
    gone = f"{(~fresh).sum():,} of {len(fresh):,}"
    if fresh.any():
        return f"left out: {gone} examples, whose values the run was trained or stopped on"
    raise UserError(
        f"{data}: all {len(fresh):,} examples hold values that the run was trained or stopped on: "
        "bring others, or leave them out to measure it on its own test part"
    )


def _read(
    trained: Trained,
    data: str | pd.DataFrame,
    target: str | None,
    skip_bad: bool,
    encoding: str | None,
) -> Examples:
    """The other data, read as the run's own were; squares of the size that those were cut to."""
    request, recorded = trained.run.request, trained.preparation.recorded
    own = request.data["target"]
    if isinstance(data, pd.DataFrame):
        return tabular.examples(tabular.of_frame(data), target or own, trained.task, recorded)
    asked = Asked(
        target=target or own,
        task=trained.task,
        skip_bad=skip_bad,
        encoding=encoding,
        config=trained.config,
        learnt=True,
    )
    if (found := trained.records(data, asked)) is not None:
        return found
    path, port = Path(data).expanduser(), request.port
    by_folder = trained.task.by_folder
    pictures = ports.called(port["kind"]).pictured and by_folder and path.is_dir()
    if pictures and data not in catalog.names():
        like = partial(to_port.load, port=port, task=trained.task)
        examples = class_folders.examples(path, trained.task, skip_bad, like)
        cut = port["min_size"] < port["size"]
        return examples.changed(port=class_folders.port_of(np.asarray(examples.x), cut))
    where = request.data["data_dir"]
    if target is None and data not in catalog.names() and not path.is_dir():
        target = own
    return sources.source(
        data,
        Path(where) if where else None,
        target,
        trained.task,
        skip_bad,
        encoding=encoding,
        recorded=recorded,
    )


def _own(trained: Trained, data: str) -> Material:
    """The run's own data, which the baselines learn from.

    Raises:
        UserError: they are gone, or have changed.
    """
    try:
        return material_of(trained.run)
    except UserError as error:
        raise UserError(
            f"{data} can't be measured: the baselines learn from the run's own data, and {error}"
        ) from error


def _known(examples: Examples, request: Request, data: str) -> Examples:
    """The same examples, their classes numbered as in the run.

    Raises:
        UserError: classes that the run never saw.
    """
    if examples.y is None or not request.classes:
        return examples
    found = [targets.called(name, request.classes) for name in examples.classes]
    if new := [name for name in found if name not in request.classes]:
        raise UserError(
            f"{data} holds classes that the run doesn't know ({', '.join(map(repr, new[:3]))}); "
            f"it knows {', '.join(map(repr, request.classes))}"
        )
    number = np.array([request.classes.index(name) for name in found])
    y = tasks.get(request.task).renumbered(examples.y, number)
    return examples.changed(y=y, classes=tuple(request.classes))
