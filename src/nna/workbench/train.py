"""Train an architecture on data, evaluate it, and leave a run behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from nna import registry, weights
from nna.data.prepare import Preparation
from nna.errors import UserError
from nna.learning.settings import prefixed
from nna.training import devices, files, runs, start
from nna.training.checkpoint import read_weights, weights_of
from nna.training.freezing import Frozen
from nna.training.loop import Interrupted, Training
from nna.training.progress import Bar, NotebookBar, Silent, Watcher, bar
from nna.training.runs import Request, Run
from nna.workbench import class_weights as weighing, fitting, run_options
from nna.workbench.data_source import Source, task_named
from nna.workbench.evaluation import behind, evaluate, seen_rows, uncertainty
from nna.workbench.evaluation.results import Results
from nna.workbench.prepared_data import Material, gather
from nna.workbench.recipe_defaults import for_few_rows, for_rows
from nna.workbench.trained_model import opened

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def train(  # noqa: PLR0913 - one argument a thing that the user may say
    reference: str | Path | ModuleType,
    data: str | Path,
    *,
    out: str | Path = "runs",
    name: str | None = None,
    data_dir: str | Path | None = None,
    target: str | None = None,
    task: str | None = None,
    skip_bad: bool = False,
    encoding: str | None = None,
    max_samples: int | None = None,
    forecast: Mapping[str, Any] | None = None,
    groups: str | None = None,
    time: str | None = None,
    split: str | None = None,
    test: str | Path | None = None,
    dates: str | Sequence[str] = (),
    seed: int = 0,
    split_seed: int | None = None,
    objective: str | None = None,
    settings: Mapping[str, Any] | None = None,
    recipe: Mapping[str, Any] | None = None,
    class_weights: str | Mapping[str, float] | None = None,
    metric: str | None = None,
    positive: str | None = None,
    threshold: float | str | None = None,
    start: str | Path | None = None,
    strategy: str = "auto",
    precision: str = "auto",
    device: str = "auto",
    quiet: bool = False,
) -> Run:
    """Train on data; the run's folder holds weights, figures and a report.

    Args:
        reference: "architecture", "architecture/variant" or "...@weights" to start from.
        data: a dataset's id, or a path to a table, a text or a folder of pictures.
        out: folder of runs.
        name: of the run's folder; made up if not given.
        data_dir: where the files of a dataset lie that can't be fetched.
        target: column to predict, of a table.
        task: "classification", "regression", ..., inferred from the target unless given.
        skip_bad: leave out the files of a folder that can't be used; the run notes each.
        encoding: of a file of text; None: it is found out.
        max_samples: training examples to draw at most; of the other parts half as many each.
        forecast: of a table of series: horizon, and where the table doesn't say time, series,
            context, season, known, every, fill (fields of `nna.data.series.layout.Layout` and of
            `nna.data.series.parts.Span`).
        groups: column of what must not be torn apart (a patient's rows): no two parts share one.
        time: column that orders the rows: validation is later than training, the test than both.
        split: column that says whether a row is for train, validation or test.
        test: data to be tested on, as `data`; nothing is then kept back for it.
        dates: how dates are written where no value proves it: "day-first", "month-first", or of a
            column alone "COLUMN=day-first", "COLUMN=%d.%m.%y".
        seed: decides split, initial weights and order.
        split_seed: decides the split instead.
        objective: instead of the architecture's own.
        settings: fields of the configuration to replace; of the objective as "objective.margin".
        recipe: fields of the recipe to replace.
        class_weights: "balanced" (each class counts the same) or a weight a class, 1 where none is
            given; of the losses, and of baselines that can weigh.
        metric: what the best epoch is chosen by, on validation, and what is told first; such as
            "f1", "roc_auc" or "mae" (`nna.workbench.evaluation.scoring`).
        positive: of two classes the one that f1, precision, recall, average precision and the
            threshold are about; None: the second by name.
        threshold: its probability, as the network gives it, from which it is named; "auto": the one
            that is best on validation by the metric, or by balanced accuracy where none is named.
        start: a finished run whose weights to start from, where they fit by name and shape.
        strategy: "auto", "ddp" or "fsdp" (several processes, by torchrun).
        precision: "auto", "32-true" or "bf16-mixed".
        device: "auto" (an accelerator if there is one), "cpu", "cuda", "cuda:1" or "mps".
        quiet: show no progress.

    Raises:
        UserError: anything that the user can mend.
        Interrupted: stopped by Ctrl-C; `resume` continues.

    Example:
        >>> run = nna.train("mlp", "iris", recipe={"epochs": 2}, quiet=True)
        >>> (run.folder / "report.html").exists()
        True
        >>> run.results()["test examples"]
        30
    """
    data, reference = str(data), registry.identify(reference)  # whose folder may bring the task
    origin = Source(
        data=data,
        data_dir=str(data_dir) if data_dir else None,
        target=target,
        task=task_named(task),
        skip_bad=skip_bad,
        encoding=encoding,
        max_samples=max_samples,
        forecast=dict(forecast) if forecast else None,
        groups=groups,
        time=time,
        split=split,
        test=str(test) if test else None,
        dates=(dates,) if isinstance(dates, str) else tuple(dates),
    )
    parted_by = seed if split_seed is None else split_seed
    material = gather(reference, origin, parted_by, settings, objective)
    material = run_options.with_scoring(material, metric, positive, threshold)
    request = requested(
        reference,
        origin,
        material,
        seed=seed,
        recipe={**(recipe or {}), "class_weights": class_weights},
        start=start,
        strategy=strategy,
        precision=precision,
    )
    request = dataclasses.replace(
        request,
        metric=metric,
        positive=positive,
        threshold=threshold,
        split_seed=split_seed,
        device=device,
    )
    material = run_options.with_class_weights(material, request)
    model = initial(request)
    fabric = devices.fabric(strategy, precision, model, device)
    run = _create(Path(out), name, request, fabric)
    with run.held():
        return _train(run, model, material, fabric, quiet)


def requested(  # noqa: PLR0913 - as `train`
    reference: str,
    origin: Source,
    material: Material,
    *,
    seed: int = 0,
    recipe: Mapping[str, Any] | None = None,
    start: str | Path | None = None,
    strategy: str = "auto",
    precision: str = "auto",
    rows: int | None = None,
) -> Request:
    """What a training is asked for, all defaults filled in; see `train`.

    `rows` are those to train on, where the material holds only some of them.

    Raises:
        UserError: the recipe makes no sense.
    """
    given = {k: v for k, v in (recipe or {}).items() if v is not None}
    own: dict[str, Any] = {}
    train, count = material.raw["train"], rows or len(material.parts["train"])
    yours = not origin.catalogued  # and not the data that the recipe was made for
    if material.task.ahead or (yours and train.behaviour.tabular):
        own = for_rows(material.spec, material.objective, count, train)
    elif yours:
        own = for_few_rows(material.spec, material.objective, count)
    final = fitting.recipe_for(material, {**own, **given})
    return Request(
        architecture=reference if "@" in reference else material.reference,
        config=dataclasses.asdict(material.config),
        task=material.task.name,
        recipe=dataclasses.asdict(final),
        seed=seed,
        data={
            **origin.to_json(),
            "fingerprint": material.fingerprint,
            "rows": material.rows,
        },
        classes=list(material.classes),
        port=dataclasses.asdict(material.raw["train"].port),
        preparation=material.preparation.to_json(),
        adapted=[*material.adapted, *weighing.notes(final.class_weights, material.classes)],
        strategy=strategy,
        precision=precision,
        versions=runs.versions(),
        command=runs.command(),
        start=str(start) if start else None,
        windows=None if (cut := material.raw["train"].windows) is None else cut.plan.to_json(),
        threads=torch.get_num_threads(),
    )


def resume(folder: str | Path, quiet: bool = False, device: str | None = None) -> Run:
    """Continue an interrupted run to the bits that an uninterrupted one reaches.

    Args:
        folder: of the run.
        quiet: no progress bar.
        device: as `train` takes it; None: the one that it was begun with. Bits of another differ.

    Raises:
        UserError: no such run, it is finished or in use, its data have changed, or no such device.
        Interrupted: stopped again.
    """
    run = runs.open_run(folder)
    with run.held():
        whole = run.finished and run.results() is not None
        if whole and (run.folder / "report.html").exists():
            raise UserError(f"{folder} is finished; to train longer, start a new run with --epochs")
        material = material_of(run)
        model = initial(run.request, begun=run.checkpoint.exists() or run.model.exists())
        asked = run.request
        fabric = devices.fabric(asked.strategy, asked.precision, model, device or asked.device)
        return _train(run, model, material, fabric, quiet)


def material_of(run: Run) -> Material:
    """The data of a run, as they were when it started.

    Raises:
        UserError: they can't be found, or have changed.
    """
    request = run.request
    data = dict(request.data)
    fingerprint, _ = data.pop("fingerprint"), data.pop("rows")
    material = gather(
        request.architecture,
        Source.from_json(data),
        request.seed if request.split_seed is None else request.split_seed,
        _changes(request),
        request.recipe["objective"],
        Preparation.from_json(request.preparation),
    )
    if material.fingerprint != fingerprint:
        raise UserError(f"{data['data']} has changed since {run.folder} was started; train anew")
    return run_options.of_run(material, request)


def _changes(request: Request) -> dict[str, Any]:
    """The settings in which a run differs from its variant, and those of its objective."""
    own, config = registry.configure(request.architecture), request.configuration()
    names = (f.name for f in dataclasses.fields(config))
    changed = {n: getattr(config, n) for n in names if getattr(config, n) != getattr(own, n)}
    return changed | prefixed(request.training_recipe().objective_settings)


def initial(request: Request, begun: bool = False) -> torch.nn.Module:
    """The model before its first step; where training has `begun`, a checkpoint will fill it."""
    torch.manual_seed(request.seed)
    name, variant, public = registry.split(request.architecture)
    model = registry.construct(name, request.configuration())
    if not begun and (state := _start(request, name, variant, public)):
        fresh = weights.transplant(model, state)
        anew = ", ".join(n for n in fresh if not n.endswith("num_batches_tracked")) or "nothing"
        request.adapted.append(
            f"weights from {request.start or request.architecture}; anew: {anew}"
        )
    Frozen.of(model, request.training_recipe().freeze)  # refused before there is a run
    return model


def _start(request: Request, name: str, variant: str, public: str | None) -> weights.State | None:
    if request.start is not None:
        started = runs.open_run(request.start)
        return read_weights(started.model, started.request.architecture)
    return weights.fetch(registry.published(name, variant, public)) if public else None


def _create(out: Path, name: str | None, request: Request, fabric: Fabric) -> Run:
    run = runs.create(out, name, request) if fabric.is_global_zero else None
    folder = fabric.broadcast(str(run.folder) if run else "")
    return run or Run(Path(folder), request)


def _train(
    run: Run, model: torch.nn.Module, material: Material, fabric: Fabric, quiet: bool
) -> Run:
    """Train, unless that was done before, and write all that a finished run has."""
    before = torch.get_num_threads()
    torch.set_num_threads(run.request.threads or before)  # a sum over threads rounds as they are
    try:
        if not run.model.exists():
            _learn(run, model, material, fabric, quiet)
        if fabric.is_global_zero:
            _close(run, material)
        fabric.barrier()
    except (Interrupted, KeyboardInterrupt) as stop:
        raise Interrupted(str(run.folder)) from stop
    finally:
        torch.set_num_threads(before)
    return run


def training_of(
    request: Request,
    model: torch.nn.Module,
    material: Material,
    fabric: Fabric,
    folder: Path | None,
) -> Training:
    """The training that was asked for, before its first step; without a folder it keeps nothing."""
    return start.training(
        model,
        request.training_recipe(),
        material.parts["train"],
        material.parts["validation"],
        fabric=fabric,
        objective=material.objective,
        seed=request.seed,
        folder=folder,
        monitor=run_options.monitor(material),
        renamed=registry.describe(request.architecture).renamed_parameters,
    )


def _learn(
    run: Run, model: torch.nn.Module, material: Material, fabric: Fabric, quiet: bool
) -> None:
    """Train, from the checkpoint if there is one, and write the weights."""
    training = training_of(run.request, model, material, fabric, run.folder)
    with _watched(training, quiet or not fabric.is_global_zero, material.reference):
        training.run()
    state = weights_of(training.model)
    if fabric.is_global_zero:
        files.write_tensors(run.model, state)
    fabric.barrier()


class _watched:  # noqa: N801 - reads as a statement
    """Show a progress bar while training, unless quiet."""

    def __init__(self, training: Training, quiet: bool, title: str) -> None:
        self.bar: Bar | NotebookBar | None = None if quiet else bar(title)
        watcher: Watcher = self.bar or Silent()
        training.watcher = watcher
        if self.bar:
            training.announce_cost(self.bar.note)

    def __enter__(self) -> None:
        if self.bar:
            self.bar.__enter__()

    def __exit__(self, *error: Any) -> None:
        if self.bar:
            self.bar.__exit__(*error)


def _close(run: Run, material: Material) -> None:
    """Evaluate the weights as they were written; what training alone needed goes."""
    model = opened(run.request.architecture, material.config, run.model)
    for leftover in (run.checkpoint, run.folder / "best.safetensors"):  # an older version's
        leftover.unlink(missing_ok=True)
    finish(run, model, material)


def finish(run: Run, model: torch.nn.Module, material: Material) -> Results:
    """Evaluate the trained model and write figures and report into the run, the results last."""
    from nna.workbench.reports import run_report

    measured = behind.with_advice(evaluate.results(model, material), material.spec, run.request)
    known = uncertainty.write(run, model, material)
    seen_rows.write(run, material)
    run_report.write(run, model, material, measured, known)
    files.write_json(run.folder / runs.RESULTS, measured.to_json())
    return measured
