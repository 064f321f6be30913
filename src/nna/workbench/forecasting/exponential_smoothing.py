"""Exponential smoothing and Theta, series by series: the rivals that forecasting is judged by.

Their parameters are estimated by statsmodels on each series' past; afterwards they are frozen, as a
network's weights are, and the state (level, trend, season) is carried on through whatever has come
since. What this costs is bounded, and what the bounds did is said in words.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nna.data.series.windows import Windows

SERIES = 50  # that get parameters of their own, evenly drawn; the others get the medians
STEPS = 2000  # of a series that parameters are estimated on: its last ones
LIMIT = 1.0  # processor seconds a series, after which no further form is tried
TOTAL = 20.0  # processor seconds of all series, after which the others get the medians
ESTIMATED = 24  # the longest season whose first values are estimated along
FORGETS = (0.2, 0.05)  # at least this of a beginning that was not estimated: of level and trend
LEAST = 5  # steps below which nothing is estimated
ROUNDING = 1e-12  # share of its size within which a series stands still


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoother:
    """Level, trend and season of one series, and how fast each of them follows its values.

    Holt-Winters' method with a damped trend (Gardner 1985), in the words of Hyndman, Koehler, Ord,
    Snyder (2008), Forecasting with Exponential Smoothing, chapter 2. Theta (Assimakopoulos,
    Nikolopoulos 2000) is simple smoothing with half the slope of the line through the series added,
    as Hyndman, Billah (2003), Unmasking the Theta Method, show.
    """

    level: float
    alpha: float
    trend: float = 0.0
    beta: float = 0.0
    damping: float = 1.0
    season: tuple[float, ...] = ()  # one a step, the first for the first value
    gamma: float = 0.0
    multiplied: bool = False  # the season is a factor
    slope: float = 0.0  # of the line through the series: Theta's
    first: int = 0  # of the series' steps, the one that the state lies before

    def forecasts(self, y: np.ndarray, starts: np.ndarray, horizon: int) -> np.ndarray:
        """What comes at `horizon` steps from each start on, `(starts, horizon)`.

        Args:
            y: the series; nothing at or after a start is looked at for it.
            starts: numbers of steps.
            horizon: how many steps.
        """
        wanted: dict[int, list[int]] = {}
        for place, start in enumerate(starts.tolist()):
            wanted.setdefault(start, []).append(place)
        found = np.empty((len(starts), horizon))
        level, trend, season = self.level, self.trend, [*self.season]
        last = int(starts.max())
        for step, value in enumerate([*y[self.first : last].tolist(), 0.0]):
            if self.first + step in wanted:
                at = wanted[self.first + step]
                found[at] = self._ahead(level, trend, season, step, horizon)
            level, trend = self._follow(level, trend, season, step, value)
        return found

    def _follow(
        self, level: float, trend: float, season: list[float], step: int, value: float
    ) -> tuple[float, float]:
        expected = level + self.damping * trend
        plain = value
        if season:
            place = step % len(season)
            usual = season[place]
            plain = value / usual if self.multiplied else value - usual
            left = value / expected if self.multiplied else value - expected
            season[place] = self.gamma * left + (1 - self.gamma) * usual
        now = self.alpha * plain + (1 - self.alpha) * expected
        return now, self.beta * (now - level) + (1 - self.beta) * self.damping * trend

    def _ahead(
        self, level: float, trend: float, season: list[float], step: int, horizon: int
    ) -> np.ndarray:
        far = np.arange(1, horizon + 1)
        values = level + trend * np.cumsum(self.damping**far)
        if self.slope and self.alpha > 0:
            grown = (1 - (1 - self.alpha) ** step) / self.alpha
            values = values + self.slope / 2 * (far - 1 + grown)
        if season:
            coming = np.array(season)[(step + far - 1) % len(season)]
            values = values * coming if self.multiplied else values + coming
        return values


Fit = Callable[[np.ndarray, int], "tuple[Smoother, list[str]]"]


@dataclass(slots=True)
class Rival:
    """One method on many series."""

    name: str
    season: int
    pasts: Mapping[Any, np.ndarray]  # what was learnt from
    own: dict[Any, Smoother] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def forecasts(self, windows: Windows) -> np.ndarray:
        """What comes after each window, `(n, horizon)`, in the units of the series."""
        found = np.empty((len(windows.origins), windows.plan.horizon))
        names = windows.origins["unique_id"].to_numpy()
        starts = windows.origins["start"].to_numpy()
        for name in dict.fromkeys(names.tolist()):
            at = np.flatnonzero([one == name for one in names])
            y, first = windows.values[name], int(starts[at].min())
            smoother = self._of(name, y[:first])
            found[at] = smoother.forecasts(y, starts[at], windows.plan.horizon)
        bad = ~np.isfinite(found).all(1)
        found[bad] = windows.origins["level"].to_numpy()[bad, None]
        return found

    def _of(self, name: Any, past: np.ndarray) -> Smoother:
        """Of the series if it was learnt from; else the usual parameters from its own beginning."""
        known = self.pasts.get(name)
        if known is not None and name in self.own and np.array_equal(past[: len(known)], known):
            return self.own[name]
        return _usual([*self.own.values()], past, self.season)


def installed() -> bool:
    """Whether statsmodels is there."""
    return importlib.util.find_spec("statsmodels") is not None


def fit(
    name: str,
    pasts: Mapping[Any, np.ndarray],
    season: int,
    clock: Callable[[], float] = time.process_time,
) -> Rival:
    """Estimate a method's parameters on each of some series.

    Args:
        name: of `METHODS`.
        pasts: what each series may be learnt from, `(steps,)`.
        season: steps after which things repeat; 1: none.
        clock: seconds, by which the limits are kept.
    """
    rival = Rival(name, season, pasts)
    chosen = set(np.unique(np.linspace(0, len(pasts) - 1, min(SERIES, len(pasts))).astype(int)))
    told: dict[str, list[str]] = {}
    began = clock()
    fitted = 0
    for number, (one, past) in enumerate(pasts.items()):
        if len(past) < LEAST or np.ptp(past[-STEPS:]) == 0:
            rival.own[one] = Smoother(level=float(past[-1]), alpha=1.0)
            told.setdefault(f"too short or constant, so {_LAST}", []).append(str(one))
        elif number in chosen and clock() - began <= TOTAL:
            rival.own[one], said = METHODS[name](past, season, clock)
            fitted += 1
            for why in said:
                told.setdefault(why, []).append(str(one))
    rival.notes = [f"{name}: {_names(of)} of {len(pasts):,} series: {why}"
                   for why, of in told.items()]  # fmt: skip
    others = len(pasts) - len(rival.own)
    if others:
        rival.notes.append(
            f"{name}: fitted on {fitted:,} of {len(pasts):,} series, to bound its cost; the others "
            "are smoothed with the medians of those parameters"
        )
    learnt = [*rival.own.values()]
    rival.own |= {
        o: _usual(learnt, past, season) for o, past in pasts.items() if o not in rival.own
    }
    return rival


_LAST = "its last value stands for the forecast"
_FAILED = f"could not be estimated, so {_LAST}"


def _names(of: list[str]) -> str:
    more = f" and {len(of) - 3:,} more" if len(of) > 3 else ""
    return f"{len(of):,} ({', '.join(of[:3])}{more})"


def _usual(known: list[Smoother], past: np.ndarray, season: int) -> Smoother:
    """The medians of some parameters, and a beginning that the series itself suggests."""
    learnt = [one for one in known if one.alpha < 1] or known
    if not learnt:
        return Smoother(level=float(past[0]), alpha=1.0)

    def middle(name: str) -> float:
        return statistics.median(getattr(one, name) for one in learnt)

    seasonal = sum(bool(one.season) for one in learnt) * 2 > len(learnt)
    cycle = np.zeros(0)
    if seasonal and len(past) >= 2 * season:
        cycle = past[:season] - past[:season].mean()
    window = max(len(cycle), 1)
    trend = float(past[-window:].mean() - past[:window].mean()) / max(len(past) - window, 1)
    return Smoother(
        level=float(past[:window].mean()) - trend * (window + 1) / 2,
        alpha=max(middle("alpha"), FORGETS[0]),
        trend=trend,
        beta=max(middle("beta"), FORGETS[1]),
        damping=middle("damping"),
        gamma=middle("gamma"),
        season=tuple(cycle.tolist()),
    )


# --- estimated by statsmodels ----------------------------------------------------------------


def _forms(past: np.ndarray, season: int) -> Iterator[dict[str, Any]]:
    """Forms of Holt-Winters' method that such a series bears, the simple ones first."""
    seasons: list[str | None] = [None]
    if season > 1 and len(past) >= 2 * season + LEAST:
        seasons = [None, "add", *(["mul"] if past.min() > 0 else [])]
    for trend in (None, "add"):
        for of in seasons:
            yield {
                "trend": trend,
                "damped_trend": trend is not None,
                "seasonal": of,
                "seasonal_periods": season if of else None,
            }


def _holt_winters(
    past: np.ndarray, season: int, clock: Callable[[], float]
) -> tuple[Smoother, list[str]]:
    """The form whose corrected information criterion is least."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    recent, best, said, began = past[-STEPS:], None, list[str](), clock()
    unit = float(recent.std())
    for form in _forms(recent, season):
        if best is not None and clock() - began > LIMIT:
            said = [f"the time ran out ({LIMIT:g} s a series), so the best form until then is used"]
            break
        begin = "estimated" if season <= ESTIMATED or not form["seasonal"] else "heuristic"
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                model = ExponentialSmoothing(recent / unit, **form, initialization_method=begin)
                found = model.fit()
            except (ValueError, np.linalg.LinAlgError):
                continue
        if np.isfinite(found.sse) and (best is None or found.aicc < best[0]):
            unsure = any(issubclass(one.category, ConvergenceWarning) for one in caught)
            best = found.aicc, found.params, form, unsure
    if best is None:
        return Smoother(level=float(past[-1]), alpha=1.0, first=len(past)), [_FAILED]
    _, params, form, unsure = best
    if unsure:
        said.append("the estimation did not converge, so the parameters that it reached are used")
    return _read(params, form, unit, len(past) - len(recent)), said


def _read(params: Mapping[str, Any], form: Mapping[str, Any], unit: float, first: int) -> Smoother:
    """What statsmodels found, in the units of the series."""
    plain = {key: 0.0 if np.ndim(of) == 0 and np.isnan(of) else of
             for key, of in params.items() if isinstance(of, float | np.ndarray)}  # fmt: skip
    made = Smoother(
        level=float(plain["initial_level"]) * unit,
        alpha=float(plain["smoothing_level"]),
        first=first,
    )
    if form["trend"]:
        made = replace(
            made,
            trend=float(plain["initial_trend"]) * unit,
            beta=float(plain["smoothing_trend"]),
            damping=float(plain["damping_trend"]),
        )
    if form["seasonal"]:
        multiplied = form["seasonal"] == "mul"
        cycle = np.asarray(plain["initial_seasons"]) * (1.0 if multiplied else unit)
        made = replace(
            made,
            season=tuple(cycle.tolist()),
            gamma=float(plain["smoothing_seasonal"]),
            multiplied=multiplied,
        )
    return made


def _theta(past: np.ndarray, season: int, clock: Callable[[], float]) -> tuple[Smoother, list[str]]:
    """Theta on the seasonally adjusted series, where a test finds that it has a season."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    recent, seasonal = past[-STEPS:], season > 1
    seasonal = seasonal and len(recent) >= 2 * season + LEAST
    first = len(past) - len(recent)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = ThetaModel(recent, period=season if seasonal else 1, deseasonalize=seasonal)
            found: Any = model.fit()
            cycle = np.asarray(found.forecast_components(max(season, 1))["seasonal"])
        except (ValueError, np.linalg.LinAlgError):
            return Smoother(level=float(past[-1]), alpha=1.0, first=len(past)), [_FAILED]
    multiplied = model.method.startswith("mul")
    usual: tuple[float, ...] = ()
    plain = recent
    if seasonal and np.ptp(cycle) > 0:
        usual = tuple(np.roll(cycle, len(recent) % season).tolist())
        tiled = np.resize(usual, len(recent))
        plain = recent / tiled if multiplied else recent - tiled
    # a constant hides the constant of statsmodels' line, which then has a slope of its own
    still = np.ptp(plain) <= ROUNDING * np.abs(plain).max()
    return Smoother(
        level=float(plain[0]),
        alpha=float(found.params["alpha"]),
        season=usual,
        multiplied=multiplied and bool(usual),
        slope=0.0 if still else float(found.params["b0"]),
        first=first,
    ), []


METHODS: dict[str, Any] = {"Holt-Winters": _holt_winters, "Theta": _theta}
