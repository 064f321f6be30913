"""Windows of series: what has been, and what came after, scaled by what has been."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nna.data.series import Strand
from nna.data.series_times import Clock

LEAST = 0.1  # of a series' spread: a flatter window is not stretched further


@dataclass(frozen=True, slots=True)
class Plan:
    """What a window is: all that cutting further ones needs."""

    horizon: int
    context: int
    season: int
    freq: str
    seen: Mapping[str, tuple[float, float]]  # column -> mean, spread of the training stretch
    known: Mapping[str, tuple[float, float]]
    format: str | None = None  # how times are written; None, of older records: as they prove

    @property
    def clock(self) -> Clock:
        """The frequency."""
        return Clock(self.freq)

    @property
    def channels(self) -> tuple[str, ...]:
        """What stands at each step: the series itself first."""
        ahead = (f"{name}, {self.horizon} steps ahead" for name in self.known)
        return ("y", *self.seen, *self.known, *ahead)

    def to_json(self) -> dict[str, Any]:
        """Plain data for the run's record."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Plan:
        """Back from the run's record."""
        scales = {
            kind: {name: (float(mean), float(spread)) for name, (mean, spread) in of.items()}
            for kind, of in plain.items()
            if kind in ("seen", "known")
        }
        return cls(**{**plain, **scales})


@dataclass(frozen=True, slots=True)
class Windows:
    """Where each window comes from, and how its numbers become values again."""

    plan: Plan
    origins: pd.DataFrame  # unique_id, cutoff (last time seen), level, spread, scale (of MASE)

    def take(self, index: np.ndarray) -> Windows:
        """Those at `index`."""
        return Windows(self.plan, self.origins.iloc[index])

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
    back = starts[:, None] + np.arange(-plan.context, 0)
    past = strand.y[back]
    level = past[:, -1]
    own = strand.y[: max(train, 2)].std()
    spread = np.maximum(past.std(1), LEAST * own)
    spread[spread == 0] = 1.0
    channels = [(past - level[:, None]) / spread[:, None]]
    for values, scales, shift in (
        (strand.seen, plan.seen, 0),
        (strand.known, plan.known, 0),
        (strand.known, plan.known, plan.horizon),
    ):
        for column, (mean, width) in zip(values.T, scales.values(), strict=True):
            channels.append((column[back + shift] - mean) / width)
    y = np.append(strand.y, np.full(plan.horizon, np.nan))
    ahead = y[starts[:, None] + np.arange(plan.horizon)]
    history = strand.y[:train]
    steps = np.abs(history[plan.season :] - history[: -plan.season])
    origins = pd.DataFrame(
        {
            "unique_id": pd.Series([strand.name] * len(starts), dtype=object),
            "cutoff": strand.times[starts - 1],
            "level": level,
            "spread": spread,
            "scale": steps.mean() if len(steps) and steps.mean() > 0 else np.nan,
        }
    )
    scaled = (ahead - level[:, None]) / spread[:, None]
    return np.stack(channels, 2).astype(np.float32), scaled.astype(np.float32), origins
