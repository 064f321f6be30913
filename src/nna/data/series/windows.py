"""Windows of series: what has been, and what came after, scaled by what has been."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from nna.data.series.clocks import Clock
from nna.data.series.panels import Strand

LEAST = 0.1  # of a series' spread: a flatter window is not stretched further
STILL = 1e-9  # of a series' spread: what changes less repeats itself, but for rounding
ROUNDING = 1e-14  # of a series' size


@dataclass(frozen=True, slots=True)
class Plan:
    """What a window is: all that cutting further ones needs."""

    horizon: int
    lookback: int
    season: int
    freq: str
    past_covariates: Mapping[
        str, tuple[float, float]
    ]  # column -> mean, spread of the training stretch
    future_covariates: Mapping[str, tuple[float, float]]
    format: str | None = None  # how times are written; None, of older records: as they prove

    @property
    def clock(self) -> Clock:
        """The frequency."""
        return Clock(self.freq)

    @property
    def channels(self) -> tuple[str, ...]:
        """What stands at each step: the series itself first."""
        ahead = (f"{name}, {self.horizon} steps ahead" for name in self.future_covariates)
        return ("y", *self.past_covariates, *self.future_covariates, *ahead)

    def to_json(self) -> dict[str, Any]:
        """Plain data for the run's record."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Plan:
        """Back from the run's record."""
        scales = {
            kind: {name: (float(mean), float(spread)) for name, (mean, spread) in of.items()}
            for kind, of in plain.items()
            if kind in ("past_covariates", "future_covariates")
        }
        return cls(**{**plain, **scales})


@dataclass(frozen=True, slots=True)
class Windows:
    """Where each window comes from, and how its numbers become values again."""

    plan: Plan
    # unique_id, cutoff (last time seen), start (first step to forecast), level, spread, scale
    origins: pd.DataFrame
    values: Mapping[Any, np.ndarray] = field(default_factory=dict)  # each series, whole

    def take(self, index: np.ndarray) -> Windows:
        """Those at `index`."""
        return dataclasses.replace(self, origins=self.origins.iloc[index])

    def scales(self) -> dict[Any, float]:
        """What MASE measures each series' errors in; not a number where it has none."""
        return dict(zip(self.origins["unique_id"], self.origins["scale"], strict=True))

    def pasts(self) -> dict[Any, np.ndarray]:
        """Each series as it was before the first of these windows' forecasts."""
        first: dict[Any, int] = {}
        for name, start in zip(self.origins["unique_id"], self.origins["start"], strict=True):
            first[name] = min(start, first.get(name, start))
        return {name: self.values[name][:start] for name, start in first.items()}

    @property
    def ends(self) -> list[tuple[Any, Any]]:
        """Series and last time seen, of each window."""
        return [*zip(self.origins["unique_id"], self.origins["cutoff"], strict=True)]

    def restore(self, numbers: np.ndarray) -> np.ndarray:
        """Numbers a window, `(n, ...)`, in the units of the series."""
        level, spread = (self.origins[c].to_numpy() for c in ("level", "spread"))
        return numbers.astype(np.float64) * spread[:, None] + level[:, None]


def windows(
    strand: Strand, plan: Plan, starts: np.ndarray, train: int
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Windows of one series, each scaled by its own past.

    Args:
        strand: the series.
        plan: what a window is.
        starts: number of the first step to forecast, for each window.
        train: steps of the training stretch, by which MASE is scaled.

    Returns:
        What has been, `(n, context, channels)`; what came after, `(n, horizon)`, not a number
        where the series has ended; and where each comes from.
    """
    back = starts[:, None] + np.arange(-plan.lookback, 0)
    past = strand.y[back]
    level = past[:, -1]
    own = strand.y[: max(train, 2)].std()
    spread = np.maximum(past.std(1), LEAST * own)
    spread[spread == 0] = 1.0
    channels = [(past - level[:, None]) / spread[:, None]]
    for values, scales, shift in (
        (strand.past_covariates, plan.past_covariates, 0),
        (strand.future_covariates, plan.future_covariates, 0),
        (strand.future_covariates, plan.future_covariates, plan.horizon),
    ):
        for column, (mean, width) in zip(values.T, scales.values(), strict=True):
            channels.append((column[back + shift] - mean) / width)
    y = np.append(strand.y, np.full(plan.horizon, np.nan))
    ahead = y[starts[:, None] + np.arange(plan.horizon)]
    origins = pd.DataFrame(
        {
            "unique_id": pd.Series([strand.name] * len(starts), dtype=object),
            "cutoff": strand.times[starts - 1],
            "start": starts,
            "level": level,
            "spread": spread,
            "scale": seasonal_change(strand.y[:train], plan.season),
        }
    )
    scaled = (ahead - level[:, None]) / spread[:, None]
    return np.stack(channels, 2).astype(np.float32), scaled.astype(np.float32), origins


def seasonal_change(y: np.ndarray, season: int) -> float:
    """The mean absolute difference between values a season apart: the scale of MASE.

    Not a number where there is none to divide by: no two values lie a season apart, or all that
    do are equal but for rounding (a constant; a season that repeats itself exactly).

    Args:
        y: the training part of one series, `(steps,)`.
        season: steps; 1 without a season.
    """
    if len(y) <= season:
        return float("nan")
    change = float(np.abs(y[season:] - y[:-season]).mean())
    least = max(STILL * float(y.std()), ROUNDING * float(np.abs(y).max()))
    return change if change > least else float("nan")
