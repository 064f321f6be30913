"""`nna recommend`: which architectures suit the user's data. Parses, calls, prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from nna.cli import output
from nna.cli.compare import check_series
from nna.cli.options import (
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
    Ordered,
    Season,
    Series,
    SkipBad,
    Split,
    Target,
    TaskName,
    TestData,
)
from nna.workbench.formatting import short

if TYPE_CHECKING:
    from nna.workbench.recommendation.results import Candidate


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Decide")(recommend)


def recommend(  # noqa: PLR0913 - one option a thing that the user may say
    data: Data,
    target: Target = None,
    groups: Groups = None,
    time: Ordered = None,
    split: Split = None,
    test: TestData = None,
    dates: Dates = None,
    task: TaskName = None,
    data_dir: DataDir = None,
    horizon: Horizon = None,
    series: Series = None,
    season: Season = None,
    future_covariates: FutureCovariates = None,
    fill: Fill = False,
    quick_benchmark: Annotated[
        bool, typer.Option(help="Hold a small comparison first; without it, known results decide.")
    ] = True,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    max_samples: Annotated[
        int, typer.Option(help="Rows to draw at most, while the file is read.")
    ] = 200_000,
    device: Device = "auto",
    show: Annotated[int, typer.Option(help="Candidates to show.")] = 6,
    seed: Annotated[int, typer.Option(help="Of the quick benchmark.")] = 0,
    json: Json = False,
) -> None:
    """Say what to try on your data, in order, with reasons; also where no network is needed."""
    from nna.workbench import api

    of_series = {
        "series": series,
        "season": season,
        "future_covariates": tuple(future_covariates or ()),
        "fill": fill,
    }
    parting = {"groups": groups, "split": split, "test": test}
    check_series(horizon, of_series, {**parting, "task": task, "data-dir": data_dir})
    try:
        found = api.recommend(
            data,
            target,
            quick_benchmark=quick_benchmark,
            **parting,  # type: ignore[arg-type]
            time=time,
            dates=dates or (),
            task=task,
            data_dir=data_dir,
            horizon=horizon,
            **of_series,  # type: ignore[arg-type]
            skip_bad=skip_bad,
            encoding=encoding,
            max_samples=max_samples,
            seed=seed,
            device=device,
            said=(lambda done, total, line: None) if json else _follow(),
        )
    finally:
        if not json:
            sys.stderr.write("\r\033[K" if sys.stderr.isatty() else "")
    if json:
        output.print_json(found.to_json())
        return
    output.say(f"{found.advice}.\n")
    for note in found.notes:
        output.say(f"   {note}")
    if found.notes:
        output.say()
    for place, one in enumerate(found.candidates[:show], 1):
        _print(place, one, found.measure)
    for name, why in found.refused.items():
        output.say(f"{name} can't be trained on these: {why}")
    output.say(f"`{found.compare}` decides it fairly.")


def _follow() -> Callable[[int, int, str], None]:
    """Whoever writes a line over on a terminal; elsewhere one a tenth of the way."""
    clock = output.Countdown()

    def said(done: int, total: int, line: str) -> None:
        rest = clock.left(done, total)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[Kbenchmark: {done}/{total}  {rest}  {line[:40]}")
            sys.stderr.flush()
        elif done * 10 // total > (done - 1) * 10 // total:
            sys.stderr.write(f"benchmark: {done}/{total}  {rest}\n")

    return said


def _print(place: int, one: Candidate, measure: str | None) -> None:
    from nna.workbench.recommendation.results import Baseline

    figures = (one.quick_benchmark and one.quick_benchmark.stopped) or "not in the quick benchmark"
    if one.quick_benchmark and one.quick_benchmark.mean is not None:
        figures = f"{measure} {short(one.quick_benchmark.mean)} in the quick benchmark"
    if isinstance(one, Baseline):
        output.say(f"{place}. {one.name} (no network): {figures}\n")
        return
    output.say(f"{place}. {one.name} ({one.family}): {one.idea}")
    cost = f"about {one.seconds:.1f} s to train here, {one.megabytes:.0f} MB"
    output.say(f"   {figures}; {cost}" if measure else f"   {cost}")
    for known in one.measured[:3]:
        output.say(f"   measured: place {known.place} of {known.among} on {known.data}")
    output.say(f"   {one.command}")
    for fit in one.advice:
        word = "for" if fit.verdict == "yes" else "not for"
        output.say(f"   {word} {fit.when}: {fit.because} [{fit.source}]")
    output.say()
