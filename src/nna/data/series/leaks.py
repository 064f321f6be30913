"""Columns that give the future of a series away."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nna.data.series.panels import Panel, Strand

LEFT = 0.02  # share of a forecast's squared error that a leak leaves, at the most
LAGS = 3  # values of the past that a forecast knows without the column
FARTHEST = 48  # steps apart that are looked at
LEAST = 30  # pairs of values from which something can be said


def find(panel: Panel, horizon: int) -> dict[str, int]:
    """Columns from one value of which, and the past, the target some steps off is (nearly) known.

    A line is fitted through what the past tells and the column, to values and to their ranks: so
    copies, sums with the past, averages around the present and anything rising with the target are
    found. A column known once it has happened gives away what comes later; one said to be known
    beforehand gives also away what it stands beside, and what came up to a horizon earlier.

    Args:
        panel: the series.
        horizon: steps ahead that are to be forecast.

    Returns:
        Column to the number of steps by which it is ahead of the target: 0 beside it, below 0
        behind it.
    """
    most = min(horizon, FARTHEST)
    found = {}
    for kind, names in (
        ("past_covariates", panel.past_covariates),
        ("future_covariates", panel.future_covariates),
    ):
        leads = (
            range(1, most + 1)
            if kind == "past_covariates"
            else sorted(range(1 - most, most + 1), key=abs)
        )
        for number, name in enumerate(names):
            pairs = [(strand.y, _column(strand, kind, number)) for strand in panel.strands]
            for lead in leads:
                if _told(pairs, lead) or _told([(_ranks(y), _ranks(x)) for y, x in pairs], lead):
                    found[name] = lead
                    break
    return found


def warnings(panel: Panel, horizon: int) -> list[str]:
    """Warnings, a line a column."""
    return [
        f"warning: column {name!r} {_when(lead)}: is it known when the forecast is made? If not, "
        "leave it out"
        for name, lead in find(panel, horizon).items()
    ]


def _when(lead: int) -> str:
    steps = f"{abs(lead)} step{'s' if abs(lead) > 1 else ''}"
    if lead > 0:
        return f"gives the target {steps} later away"
    return f"gives the target of {steps} before away" if lead else "gives the target away"


def _column(strand: Strand, kind: str, number: int) -> np.ndarray:
    return getattr(strand, kind)[: len(strand), number]


def _ranks(values: np.ndarray) -> np.ndarray:
    return pd.Series(values).rank().to_numpy()


def _told(pairs: list[tuple[np.ndarray, np.ndarray]], lead: int) -> bool:
    """Whether the column leaves next to nothing of the error that the past alone leaves."""
    past, target, column = [], [], []
    for y, x in pairs:
        ahead = max(1, lead)  # from the last value known to the one forecast
        steps = np.arange(LAGS - 1, len(y) - ahead)  # of that last value
        beside = steps + ahead - lead  # of the column's
        steps, beside = steps[beside < len(x)], beside[beside < len(x)]
        if len(steps) < LAGS:
            continue
        lags = np.stack([y[steps - back] for back in range(LAGS)], 1)
        for made, of in ((past, lags), (target, y[steps + ahead]), (column, x[beside])):
            made.append(of - of.mean(0))
    if sum(map(len, target)) < LEAST:
        return False
    known, y, x = np.concatenate(past), np.concatenate(target), np.concatenate(column)
    without, left = _left(known, y), _left(np.column_stack([known, x]), y)
    return without > 1e-9 * float(y @ y) and left <= LEFT * without


def _left(x: np.ndarray, y: np.ndarray) -> float:
    """The squared error that least squares leave."""
    weights = np.linalg.lstsq(x, y, rcond=None)[0]
    return float(np.square(y - x @ weights).sum())
