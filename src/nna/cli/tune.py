"""`nna tune`: search an architecture's settings. Parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from nna import registry
from nna.cli import output
from nna.cli.compare import check_series
from nna.cli.options import (
    ClassWeights,
    Data,
    DataDir,
    Dates,
    Device,
    Encoding,
    Fill,
    FutureCovariates,
    Groups,
    Horizon,
    Json,
    Metric,
    Positive,
    Season,
    Series,
    SkipBad,
    Split,
    Target,
    TaskName,
    TestData,
    Time,
)
from nna.workbench.formatting import short

if TYPE_CHECKING:
    from nna.workbench.tune_results import TuneResults


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Decide")(tune)


def tune(  # noqa: PLR0913 - one option a thing that the user may say
    architecture: Annotated[str, typer.Argument(metavar="ID[/VARIANT]", help="Such as mlp.")],
    data: Data,
    target: Target = None,
    trials: Annotated[int, typer.Option(help="Settings to try, the default ones first.")] = 20,
    sampler: Annotated[str, typer.Option(help="tpe, random or grid.")] = "tpe",
    storage: Annotated[
        str | None,
        typer.Option(help="File or address of a study that several machines may join."),
    ] = None,
    metric: Metric = None,
    positive: Positive = None,
    class_weights: ClassWeights = None,
    seconds: Annotated[float | None, typer.Option(help="For each trial.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A setting held fast; repeatable.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training part.")] = None,
    task: TaskName = None,
    data_dir: DataDir = None,
    max_samples: Annotated[
        int | None, typer.Option(help="Training examples to draw at most.")
    ] = None,
    horizon: Horizon = None,
    time: Time = None,
    series: Series = None,
    season: Season = None,
    future_covariates: FutureCovariates = None,
    fill: Fill = False,
    groups: Groups = None,
    split: Split = None,
    test: TestData = None,
    dates: Dates = None,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    device: Device = "auto",
    seed: Annotated[int, typer.Option(help="Of the split, the weights and the search.")] = 0,
    out: Annotated[Path | None, typer.Option(help="File for what was found, as JSON.")] = None,
    json: Json = False,
) -> None:
    """Search the settings of an architecture on your data; the test part is never looked at."""
    from nna.workbench import tune as workbench
    from nna.workbench.class_weights import parse as weights_said
    from nna.workbench.data_source import Source, task_named
    from nna.workbench.prepared_data import parse_settings

    of_series = {
        "series": series,
        "season": season,
        "fill": fill,
        "future_covariates": future_covariates or [],
    }
    others = {"groups": groups, "split": split, "test": test}
    check_series(horizon, of_series, {"task": task, "data-dir": data_dir, **others})
    search = workbench.Search(
        reference=registry.identify(architecture),
        origin=Source(
            data=data,
            data_dir=str(data_dir) if data_dir else None,
            target=target,
            task=task_named(task),
            skip_bad=skip_bad,
            encoding=encoding,
            max_samples=max_samples,
            forecast={"horizon": horizon, "time": time, **of_series} if horizon else None,
            time=None if horizon else time,
            dates=tuple(dates or ()),
            **others,
        ),
        trials=trials,
        sampler=cast("workbench.Sampler", sampler),
        storage=storage,
        seed=seed,
        seconds=seconds,
        device=device,
        metric=metric,
        positive=positive,
        class_weights=weights_said(class_weights or ()),
        settings=parse_settings(set_ or []),
        recipe={} if epochs is None else {"epochs": epochs},
    )
    try:
        found = workbench.tune(search, *(() if json else (output.Countdown().tell,)))
    except KeyboardInterrupt:
        kept = f"; {storage} keeps the trials: the same command continues" if storage else ""
        output.warn(f"stopped{kept}")
        raise typer.Exit(130) from None
    if out is not None:
        found.write(out)
    if json:
        output.print_json(found.to_json())
        return
    _show(found)


def _show(found: TuneResults) -> None:
    best = found.best
    stopped = f", {best.stopped}" if best.stopped else ""
    output.say(f"{found.watched} {short(best.value)} in trial {best.trial}{stopped}\n")
    if found.importance:
        rows = [(name, f"{100 * share:.0f} %") for name, share in found.importance.items()]
        output.table(("setting", "importance"), rows, right=("importance",))
        output.say()
    output.say(found.command)
