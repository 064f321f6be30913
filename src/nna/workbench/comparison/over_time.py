"""Comparisons in forecasting: asked at several times of the past, each knows what was before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna import registry, tasks
from nna.data.series.panels import Panel
from nna.data.series.windows import seasonal_change
from nna.errors import UserError
from nna.training import devices
from nna.workbench.comparison import comparison, scores
from nna.workbench.comparison.candidates import Candidate
from nna.workbench.comparison.comparison import Comparison, Plan
from nna.workbench.comparison.fold_fit import Field
from nna.workbench.comparison.folds import Fold, Rows
from nna.workbench.comparison.search_space import of_architecture, recipe_and_settings
from nna.workbench.forecasting import forecast_metrics, forecasts

NAMED = ("unique_id", "ds", "y")
NETWORKS = ("mlp", "lstm", "residual_mlp")  # that take part if nobody is named


@dataclass(frozen=True, kw_only=True)
class SeriesField(Field):
    """Series as a long frame; a fold's test rows are the steps ahead of its training rows."""

    horizon: int
    season: int
    future_covariates: tuple[str, ...]

    def within(self, index: np.ndarray, seed: int) -> Fold:
        """The last steps of the past, as a search may know them."""
        times = self.x["ds"].to_numpy()[index]
        cut = np.unique(times)[-self.horizon - 1]
        return Fold(index[times <= cut], index[times > cut])

    def teach(self, model: Any, index: np.ndarray) -> None:
        """Let a forecaster learn from the past."""
        model.fit(self.x.iloc[index])

    def ask(self, model: Any, index: np.ndarray) -> np.ndarray:
        """Forecasts of the rows, in their order."""
        rows = self.x.iloc[index]
        steps = int(rows.groupby("unique_id", observed=True).size().max())
        ahead = (
            None
            if not self.future_covariates
            else rows[["unique_id", "ds", *self.future_covariates]]
        )
        made = model.predict(steps, ahead)
        found = rows[["unique_id", "ds"]].merge(made, how="left", on=["unique_id", "ds"])
        values = found[model.name].to_numpy(dtype=np.float64)
        if np.isnan(values).any():
            raise UserError("a series has no forecast at some of the times asked")
        return values

    def judge(self, answers: np.ndarray, fold: Fold) -> dict[str, float]:
        """Errors in units of the series, and of each series' own usual change in a season."""
        scales = scales_of(self.x, fold, self.season)
        series = self.x["unique_id"].iloc[fold.test].tolist()
        scale = np.array([scales.get(name, np.nan) for name in series])
        return forecast_metrics.numbers(answers, self.y[fold.test], series, scale)

    def deciding(self, figures: dict[str, float]) -> float:
        """The first that there is: within the past, no series may have a scale yet."""
        return next(figures[name] for name in forecast_metrics.DECIDES if name in figures)


def scales_of(frame: pd.DataFrame, fold: Fold, season: int) -> dict[Any, float]:
    """What MASE measures each series' errors in: by what was before the fold's test rows."""
    past = frame.iloc[fold.train].groupby("unique_id", sort=False, observed=True)["y"]
    return {name: seasonal_change(of.to_numpy(dtype=float), season) for name, of in past}


def plan(  # noqa: PLR0913 - one argument a thing that the user may say
    panel: Panel,
    data: str,
    folder: Path,
    *,
    horizon: int,
    season: int | None = None,
    lookback: int | None = None,
    models: tuple[str, ...] = (),
    folds: int = 5,
    trials: int = 1,
    seconds: float | None = None,
    seed: int = 0,
    budget: float | None = None,
    device: str = "auto",
) -> Comparison:
    """Lay out a comparison in forecasting; what its folder holds of the very same one is kept.

    Args:
        panel: the series.
        data: where they come from, in the user's words.
        folder: of the comparison.
        horizon: steps ahead.
        season: steps after which things come again; None: as the clock suggests.
        lookback: steps that a window of the past holds; None: as the forecaster chooses.
        models: architectures; the rules (naive, seasonal naive, ridge, trees and others) always
            take part.
        folds: times in the past at which everyone is asked; a horizon apart, the last a horizon
            before the end.
        trials: settings tried by each network at each of these times.
        seconds: for each fit.
        seed: decides everything drawn.
        budget: seconds for everything together; see `comparison.hold`.
        device: where networks train, as `nna.train` takes it.

    Raises:
        UserError: series too short, unknown names, or a folder that holds another comparison.
    """
    comparison.installed()
    devices.named(device)  # refused before anything is fitted
    frame = _frame(panel)
    usual = season or season_of(panel)
    cuts = _folds(panel, frame, horizon, folds)
    own = {
        "horizon": horizon,
        "season": season,
        "lookback": lookback,
        "future_covariates": panel.future_covariates,
        "freq": None,
    }
    scales = [scales_of(frame, fold, usual) for fold in cuts]
    scaled = all(np.isfinite([*of.values()]).any() for of in scales)
    measure = scores.MASE if scaled else scores.MAE
    unscaled = [f"warning: {note}" for note in forecast_metrics.unscaled(scales[0])]
    invited = [_rule(name, own) for name in forecasts.rules(usual)]
    invited += [_network(name, {**own, "device": device}) for name in models or NETWORKS]
    made = Plan(
        data=data,
        target=None,
        fingerprint=_mark(frame),
        task="forecasting",
        classes=(),
        rows=len(frame),
        measure=measure.name,
        candidates=tuple(one.name for one in invited),
        folds=folds,
        trials=trials,
        seconds=seconds,
        seed=seed,
        groups=None,
        time="ds",
        horizon=horizon,
        notes=(*panel.notes, *unscaled),
        left_out=panel.left_out,
        budget=budget,
    )
    field = SeriesField(
        x=frame,
        y=frame["y"].to_numpy(dtype=np.float64),
        classes=(),
        rows=Rows(count=len(frame)),
        measure=measure,
        horizon=horizon,
        season=usual,
        future_covariates=panel.future_covariates,
    )
    comparison.lay_out(folder, made)
    return Comparison(made, field, cuts, invited, folder)


def season_of(panel: Panel) -> int:
    """The steps after which things come again, as the clock suggests; 1: none."""
    return max(1, panel.clock.season or 1)


def _frame(panel: Panel) -> pd.DataFrame:
    """The series as one long frame, in order of series and time."""
    parts = [
        pd.DataFrame(
            {
                "unique_id": [one.name] * len(one),
                "ds": one.times,
                "y": one.y,
                **dict(zip(panel.past_covariates, one.past_covariates.T, strict=True)),
                **dict(
                    zip(panel.future_covariates, one.future_covariates[: len(one)].T, strict=True)
                ),
            }
        )
        for one in panel.strands
    ]
    return pd.concat(parts, ignore_index=True)


def _folds(panel: Panel, frame: pd.DataFrame, horizon: int, count: int) -> list[Fold]:
    if horizon < 1 or count < 1:
        raise UserError("--horizon and --folds are 1 at least")
    last = max(panel.strands, key=lambda one: (one.times[-1], len(one)))
    ends = [len(last) - horizon * (back + 1) for back in range(count)][::-1]
    if ends[0] < 2 * horizon:
        raise UserError(
            f"{len(last)} steps are too few to be asked {count} times about {horizon} steps ahead: "
            "fewer --folds or a shorter --horizon"
        )
    times = frame["ds"].to_numpy()
    found = []
    for end in ends:
        cut, until = last.times[end - 1], last.times[end + horizon - 1]
        before, after = times <= np.array(cut, times.dtype), times <= np.array(until, times.dtype)
        found.append(Fold(np.flatnonzero(before), np.flatnonzero(after & ~before)))
    return found


def _mark(frame: pd.DataFrame) -> str:
    from nna.data.examples import Examples
    from nna.data.sources import fingerprint
    from nna.spec import Table

    port = Table(features=len(frame.columns))
    return fingerprint(Examples.of(task="forecasting", port=port, x=frame.astype({"ds": str})))


def _rule(name: str, own: Mapping[str, Any]) -> Candidate:
    def make(drawn: Mapping[str, Any], seed: int, seconds: float | None) -> Any:
        from nna.workbench.estimators.windowed import RuleForecaster

        return RuleForecaster(name, **own)

    return Candidate(name=name, kind="baseline", make=make, space={})


def _network(name: str, own: Mapping[str, Any]) -> Candidate:
    spec = registry.describe(name)
    if tasks.get("forecasting").learns_as not in spec.tasks:
        raise UserError(f"{name} does {', '.join(spec.tasks)}; forecasting needs regression")
    make: Callable[..., Any] = _maker(name, own)
    return Candidate(name=name, kind="network", make=make, space=of_architecture(name))


def _maker(name: str, own: Mapping[str, Any]) -> Callable[..., Any]:
    def make(drawn: Mapping[str, Any], seed: int, seconds: float | None) -> Any:
        from nna.workbench.estimators.forecaster import Forecaster

        recipe, settings = recipe_and_settings(drawn)
        return Forecaster(
            name,
            settings=settings or None,
            recipe=recipe or None,
            seconds=seconds,
            random_state=seed,
            **own,
        )

    return make
