"""`nna compare`: a fair comparison on the user's data. Parses, calls, prints."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nna.cli import output
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
    Ordered,
    Positive,
    Season,
    Series,
    SkipBad,
    Split,
    Target,
    TaskName,
    TestData,
)
from nna.errors import UserError
from nna.workbench.formatting import option, short

if TYPE_CHECKING:
    from nna.workbench.comparison.results import Ranking

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Decide")(compare)


def compare(  # noqa: PLR0913 - one option a thing that the user may say
    data: Data,
    target: Target = None,
    models: Annotated[
        str | None,
        typer.Option(help="Networks, as mlp,rbfn; [those that `nna recommend` would name first]."),
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="Time for everything, as 90s, 10m or 2h; [no limit].")
    ] = None,
    folds: Annotated[
        int,
        typer.Option(
            help="Parts that the rows are cut into; of series, times to be asked. Fewer than five "
            "tell nobody apart."
        ),
    ] = 5,
    trials: Annotated[int, typer.Option(help="Settings that everyone may try in a fold.")] = 1,
    groups: Groups = None,
    time: Ordered = None,
    split: Split = None,
    test: TestData = None,
    dates: Dates = None,
    horizon: Horizon = None,
    series: Series = None,
    season: Season = None,
    future_covariates: FutureCovariates = None,
    fill: Fill = False,
    task: TaskName = None,
    data_dir: DataDir = None,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    max_samples: Annotated[
        int | None, typer.Option(help="Rows to draw at most, while the file is read.")
    ] = None,
    metric: Metric = None,
    positive: Positive = None,
    threshold: Annotated[
        str | None,
        typer.Option(
            help="Probability from which the positive class is named; auto: of each candidate in "
            "each fold the best by --metric on training rows kept from it."
        ),
    ] = None,
    class_weights: ClassWeights = None,
    device: Device = "auto",
    jobs: Annotated[int, typer.Option(help="Fits at a time.")] = 1,
    ray: Annotated[
        bool, typer.Option("--ray", help="Play on the machines of a Ray cluster.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides folds, first weights and searches.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder; the same one again continues. [runs/compare-DATA]")
    ] = None,
    json: Json = False,
) -> None:
    """Let architectures and baselines compete on your data, and say who is ahead by how much."""
    from nna.workbench import api
    from nna.workbench.class_weights import parse as weights_said
    from nna.workbench.comparison import comparison, report
    from nna.workbench.evaluation.scoring import parse as cut_said

    asked: dict[str, Any] = {
        "models": models.split(",") if models else (),
        "seconds": None if budget is None else seconds(budget),
        "folds": folds,
        "trials": trials,
        "time": time,
        "skip_bad": skip_bad,
        "dates": dates or (),
        "encoding": encoding,
        "seed": seed,
        "device": device,
        "out": out,
    }
    of_series = {
        "series": series,
        "season": season,
        "future_covariates": tuple(future_covariates or ()),
        "fill": fill,
    }
    others = {"groups": groups, "task": task, "data-dir": data_dir, "max_samples": max_samples}
    others |= {"split": split, "test": test}
    wanted = {
        "metric": metric,
        "positive": positive,
        "threshold": cut_said(threshold),
        "class_weights": weights_said(class_weights or ()),
    }
    others |= wanted
    check_series(horizon, of_series, others)
    if horizon is None:
        asked |= {"groups": groups, "task": task, "data_dir": data_dir, "max_samples": max_samples}
        asked |= {"split": split, "test": test, **wanted}
        held = api.laid_out(data, target, **asked)
    else:
        held = api.laid_out_ahead(data, target, **asked, horizon=horizon, **of_series)
    for note in held.plan.notes:
        if note.startswith(("left out", "warning", "drawn", "gaps")):
            output.warn(note)
    try:
        comparison.hold(held, jobs, _quiet if json else output.Countdown().tell, ray)
    except KeyboardInterrupt:
        output.warn(f"stopped; {held.folder} keeps the results so far: the same command continues")
        raise typer.Exit(130) from None
    found = report.write(held)
    if json:
        output.print_json(found.to_json())
        return
    show(found)
    says = found.budget and found.budget.says
    for note in [says, *(note for row in found.rows for note in row.notes)]:
        output.say(f"  {note}") if note else None
    for warning in found.warnings:
        output.warn(f"warning: {warning}")
    output.say(f"\n{found.verdict}.\n{report.path(held)}")


def check_series(horizon: int | None, of_series: dict[str, Any], of_others: dict[str, Any]) -> None:
    """See that options of forecasting, and of everything else, stand where they mean something.

    Raises:
        UserError: they don't.
    """
    if horizon is None and (extra := [name for name, value in of_series.items() if value]):
        raise UserError(f"{option(extra[0])} is for forecasting: say --horizon N as well")
    if horizon is not None and (extra := [name for name, value in of_others.items() if value]):
        word = option(extra[0])
        raise UserError(f"{word} is not for forecasting: leave out {word} or --horizon")


def seconds(text: str) -> float:
    """A length of time, as "90s", "10m", "2h" or plain seconds.

    Raises:
        UserError: it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if not found or float(found[1]) <= 0:
        raise UserError(f"--budget {text}: say it as 90s, 10m or 2h")
    return float(found[1]) * UNITS[found[2] or "s"]


def _quiet(done: int, total: int, line: str) -> None:
    """Say nothing."""


def show(found: Ranking) -> None:
    """The ranking as a table."""
    columns = ("", found.measure, "95 % interval", "p", "parameters", "s a fold")
    rows = [
        (
            row.label,
            short(row.mean),
            "" if row.low is None or row.high is None else f"{short(row.low)} to {short(row.high)}",
            "" if row.p is None else f"{row.p:.2g}",
            f"{row.params:,}" if row.params else "",
            f"{row.seconds:.2g}",
        )
        for row in found.rows
    ]
    output.table(columns, rows, right=columns[1:])
    for name, why in found.refused.items():
        output.say(f"{name}: not in the ranking: {why}")
