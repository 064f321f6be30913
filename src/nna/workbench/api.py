"""`nna.recommend` and `nna.compare`: from data to a decision, in one call each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from nna import notebook, registry
from nna.data.examples import Examples
from nna.data.series import readers
from nna.data.series.panels import Panel
from nna.workbench.comparison import comparison, over_time, report
from nna.workbench.comparison.comparison import Comparison
from nna.workbench.comparison.results import Ranking
from nna.workbench.comparison.wanted import Wanted
from nna.workbench.data_source import ROWS, Source, examples_and_split, task_named
from nna.workbench.recommendation import forecasters, recommend as recommending
from nna.workbench.recommendation.results import Recommendation

Said = Callable[[int, int, str], None]


def recommend(  # noqa: PLR0913 - one argument a thing that the user may say
    data: str | Path | pd.DataFrame,
    target: str | None = None,
    *,
    quick_benchmark: bool = True,
    groups: str | None = None,
    time: str | None = None,
    task: str | None = None,
    data_dir: str | Path | None = None,
    horizon: int | None = None,
    series: str | None = None,
    season: int | None = None,
    future_covariates: Sequence[str] = (),
    fill: bool = False,
    skip_bad: bool = False,
    encoding: str | None = None,
    max_samples: int | None = None,
    split: str | None = None,
    test: str | Path | pd.DataFrame | None = None,
    dates: str | Sequence[str] = (),
    seed: int = 0,
    device: str = "auto",
    said: Said | None = None,
) -> Recommendation:
    """Which architectures suit some data, in order, with reasons; or that none is needed.

    Args:
        data: a dataset's id, a path, or a frame.
        target: the column to predict.
        quick_benchmark: hold a small comparison first; without it, results measured on other
            data decide.
        groups: the column of what must not be torn apart.
        time: the column by which rows are ordered; later rows are predicted from earlier ones. Of
            series, the column of times.
        task: "classification" or "regression", inferred from the target unless given.
        data_dir: where the files of a dataset lie that isn't fetched.
        horizon: steps ahead: what forecasts these series; what follows is as in `laid_out_ahead`.
        series: the column that names the series.
        season: steps after which things come again; None: by the clock.
        future_covariates: columns that are known beforehand.
        fill: fill gaps, and take the mean of several values of one time.
        skip_bad: leave out files or lines that can't be used.
        encoding: of a file of text; None: it is found out.
        max_samples: examples to draw at most; None: all. Not for series.
        split: the column that says train, validation or test of each row: the quick benchmark sees
            no test row.
        test: data to be tested on, which the quick benchmark doesn't see.
        dates: how dates are written where no value proves it; see `nna.train`.
        seed: of the quick benchmark, and of what is drawn.
        device: where networks train, as `nna.train` takes it.
        said: told how the quick benchmark goes on; None: a bar in a notebook, elsewhere nobody.

    Returns:
        The candidates in their order, and the advice; its `to_json()` is what `nna recommend
        --json` prints, and a notebook shows it as a table.

    Raises:
        UserError: data that can't be read, or nothing that suits them.

    Example:
        >>> found = nna.recommend("iris", quick_benchmark=False)
        >>> found.candidates[0].command.startswith("nna train ")
        True
    """
    name = "the frame" if isinstance(data, pd.DataFrame) else str(data)
    said = said or notebook.progress("quick benchmark")
    if horizon is not None:
        layout = {
            "time": time,
            "target": target,
            "series": series,
            "future_covariates": tuple(future_covariates),
        }
        layout["dates"] = (dates,) if isinstance(dates, str) else tuple(dates)
        layout |= {"fill": fill, "skip_bad": skip_bad, "encoding": encoding}
        panel = _panel(data, layout)
        of_series = {
            "horizon": horizon,
            "time": time,
            "series": series,
            "season": season,
            "future_covariates": [*future_covariates],
            "fill": fill,
        }
        origin = None
        if not isinstance(data, pd.DataFrame):
            origin = Source(data=name, target=target, skip_bad=skip_bad, encoding=encoding)
            origin = dataclasses.replace(origin, forecast=of_series, dates=layout["dates"])
        return forecasters.recommend(
            panel, name, horizon, season, quick_benchmark, seed, said, origin, device
        )
    chosen = (time, split, test, dates, encoding)
    examples, parts = examples_and_split(
        data, target, task, data_dir, skip_bad, max_samples, seed, *chosen
    )
    asked = (dates,) if isinstance(dates, str) else tuple(dates)
    origin = None
    if not isinstance(data, pd.DataFrame) and not isinstance(test, pd.DataFrame):
        origin = Source(
            data=name,
            data_dir=str(data_dir) if data_dir else None,
            target=target,
            task=task_named(task),
            skip_bad=skip_bad,
            encoding=encoding,
            max_samples=_drawn(examples, max_samples),
            groups=groups,
            time=time,
            split=split,
            test=str(test) if test else None,
            dates=asked,
        )
    return recommending.recommend(
        examples,
        name,
        quick_benchmark,
        seed,
        groups=groups,
        time=time,
        asked=asked,
        origin=origin,
        parts=parts,
        device=device,
        said=said,
    )


def _drawn(examples: Examples, max_samples: int | None) -> int | None:
    """What makes `nna train` draw the very same rows, where not all of them were read."""
    if max_samples is None or not any(note.startswith("drawn: ") for note in examples.notes):
        return None
    return max(1, max_samples // ROWS)


def _panel(data: str | Path | pd.DataFrame, asked: dict[str, Any]) -> Panel:
    """The series of a frame or a file; see `nna.data.series.layout.Layout` for what may be set."""
    if isinstance(data, pd.DataFrame):
        return readers.of_frame(data, asked)
    return readers.panel(Path(data).expanduser(), asked)


def compare(data: str | Path | pd.DataFrame, target: str | None = None, **asked: Any) -> Ranking:
    """Let architectures and baselines compete on some data, and say who is ahead by how much.

    Args:
        data: a dataset's id, a path, or a frame.
        target: the column to predict.
        asked: what `laid_out` takes, or with a `horizon` what `laid_out_ahead` takes; `jobs`
            (fits at a time) and `said` (told of each; None: a progress bar in a notebook).

    Returns:
        The candidates, the best first, and the verdict; its `to_json()` is what `nna compare
        --json` prints, a notebook shows it as a table, and the report lies in the folder `out`.

    Raises:
        UserError: data that can't be read, no comparison possible, or a folder that holds another.

    Example:
        >>> found = nna.compare("iris", models=("elm",), folds=2)
        >>> found.measure, found.higher_is_better
        ('accuracy', True)
    """
    jobs, said = asked.pop("jobs", 1), asked.pop("said", None)
    lay_out = laid_out_ahead if asked.get("horizon") else laid_out
    held = lay_out(data, target, **asked)
    comparison.hold(held, jobs, said or notebook.progress("comparison"))
    return report.write(held)


def laid_out_ahead(  # noqa: PLR0913 - one argument a thing that the user may say
    data: str | Path | pd.DataFrame,
    target: str | None = None,
    *,
    horizon: int,
    models: Sequence[str | Path | ModuleType] = (),
    seconds: float | None = None,
    folds: int = 5,
    trials: int = 1,
    time: str | None = None,
    series: str | None = None,
    season: int | None = None,
    future_covariates: Sequence[str] = (),
    fill: bool = False,
    skip_bad: bool = False,
    dates: str | Sequence[str] = (),
    encoding: str | None = None,
    seed: int = 0,
    device: str = "auto",
    out: str | Path | None = None,
) -> Comparison:
    """A comparison in forecasting as planned: everyone is asked at several times of the past.

    Args:
        data: a path to a table, or a frame: a row a time.
        target: the column that is forecast.
        horizon: steps ahead.
        models: architectures; if none, some that forecast.
        seconds: for everything together; None: no limit.
        folds: times at which everyone is asked; fewer than five tell nobody apart.
        trials: settings that every network may try at each of them.
        time: the column of times.
        series: the column that names the series.
        season: steps after which things come again; None: by the clock.
        future_covariates: columns that are known beforehand.
        fill: fill gaps, and take the mean of several values of one time.
        skip_bad: leave out lines that can't be used.
        dates: how the times are written where no value proves it; see `nna.train`.
        encoding: of a file of text; None: it is found out.
        seed: decides first weights and searches.
        device: where networks train, as `nna.train` takes it.
        out: the folder; the same one again continues.
    """
    asked = {
        "time": time,
        "target": target,
        "series": series,
        "future_covariates": tuple(future_covariates),
        "fill": fill,
        "skip_bad": skip_bad,
        "dates": (dates,) if isinstance(dates, str) else tuple(dates),
        "encoding": encoding,
    }
    name, panel = "frame" if isinstance(data, pd.DataFrame) else str(data), _panel(data, asked)
    names = tuple(map(registry.identify, models)) or over_time.NETWORKS
    return over_time.plan(
        panel,
        name,
        Path(out) if out else Path("runs") / f"compare-{Path(name).stem}",
        horizon=horizon,
        season=season,
        models=names,
        folds=folds,
        trials=trials,
        budget=seconds,
        seed=seed,
        device=device,
    )


def laid_out(  # noqa: PLR0913 - one argument a thing that the user may say
    data: str | Path | pd.DataFrame,
    target: str | None = None,
    *,
    models: Sequence[str | Path | ModuleType] = (),
    seconds: float | None = None,
    folds: int = 5,
    trials: int = 1,
    groups: str | None = None,
    time: str | None = None,
    task: str | None = None,
    data_dir: str | Path | None = None,
    skip_bad: bool = False,
    encoding: str | None = None,
    max_samples: int | None = None,
    split: str | None = None,
    test: str | Path | pd.DataFrame | None = None,
    dates: str | Sequence[str] = (),
    metric: str | None = None,
    positive: str | None = None,
    threshold: float | str | None = None,
    class_weights: str | Mapping[str, float] | None = None,
    seed: int = 0,
    device: str = "auto",
    out: str | Path | None = None,
) -> Comparison:
    """A comparison as planned, before anything is fitted.

    Args:
        data: a dataset's id, a path, or a frame.
        target: the column to predict.
        models: networks and baselines; if none, the networks that are recommended first.
        seconds: for everything together; None: no limit.
        folds: parts that the rows are cut into; fewer than five tell nobody apart.
        trials: settings that everyone may try in a fold.
        groups: the column of what must not be torn apart.
        time: the column by which rows are ordered.
        task: "classification" or "regression", inferred from the target unless given.
        data_dir: where the files of a dataset lie that isn't fetched.
        skip_bad: leave out files or lines that can't be used.
        encoding: of a file of text; None: it is found out.
        max_samples: examples to draw at most; None: all.
        split: the column that says train, validation or test of each row: one fold, everyone is
            asked about the test rows.
        test: data that everyone is asked about, in one fold.
        dates: how dates are written where no value proves it; see `nna.train`.
        metric: what decides; None: accuracy, or balanced accuracy where one class rules; rmse.
        positive: of two classes the one that f1, precision, recall and the threshold are about.
        threshold: its probability from which it is named; "auto": of each candidate in each fold
            the best by the metric on training rows kept from it, then it learns from all of them.
        class_weights: "balanced", or a weight a class, for all that can weigh.
        seed: decides folds, first weights and searches.
        device: where networks train, as `nna.train` takes it.
        out: the folder; the same one again continues.
    """
    chosen = (time, split, test, dates, encoding)
    wanted = tuple(map(registry.identify, models))  # a folder may bring the task
    examples, _ = examples_and_split(
        data, target, task, data_dir, skip_bad, max_samples, seed, *chosen
    )
    folds = 1 if examples.parts else folds
    name = "frame" if isinstance(data, pd.DataFrame) else str(data)
    names = wanted or recommending.first(examples)
    return comparison.plan(
        examples,
        name,
        Path(out) if out else Path("runs") / f"compare-{Path(name).stem}",
        target=target,
        models=names,
        folds=folds,
        trials=trials,
        budget=seconds,
        seed=seed,
        groups=groups,
        time=time,
        wanted=Wanted(
            metric=metric, positive=positive, threshold=threshold, class_weights=class_weights
        ),
        asked=(dates,) if isinstance(dates, str) else tuple(dates),
        device=device,
    )
