"""What is measured of forecasts: one definition of each figure, wherever it is printed.

With p forecast, y what came, s a series, and all tested steps of all its windows:

- **mase**: mean of |p - y| over a series' tested steps, divided by that series' own scale (the mean
  absolute difference between values a season apart in its training part); then the mean over
  series, each counting once however long or large it is. Hyndman, Koehler (2006), Another Look at
  Measures of Forecast Accuracy. Series without a scale (see
  `nna.data.series.windows.seasonal_change`) are left out, and said.
- **smape**: 200 |p - y| / (|p| + |y|), in per cent from 0 to 200, 0 where both are 0; the mean over
  a series' tested steps, then over series. Makridakis, Hibon (2000), The M3-Competition.
- **mae**, **rmse**: over all tested steps of all series alike, in units of the series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nna.workbench.evaluation.metrics import Figure, mean

DECIDES = ("mase", "mae")  # the first of them that there is decides who forecasts best


def per_window(
    predicted: np.ndarray, y: np.ndarray, series: Sequence[Any], scale: np.ndarray
) -> dict[str, np.ndarray]:
    """A number for each window whose plain mean is the figure (of rmse: its square).

    Args:
        predicted: `(n, steps)`, in the units of the series.
        y: what came, likewise.
        series: the name of each window's series, `(n,)`.
        scale: of each window's series, `(n,)`; not a number where it has none.
    """
    errors, size = np.abs(predicted - y), np.abs(predicted) + np.abs(y)
    relative = np.divide(200 * errors, size, out=np.zeros_like(errors), where=size > 0)
    known, names = np.isfinite(scale), np.asarray(pd.factorize(pd.Series([*series]))[0])
    found = {
        "mase": (errors[known] / scale[known, None]).mean(1) * _shares(names[known]),
        "mae": errors.mean(1),
        "rmse": np.square(errors).mean(1),
        "smape": relative.mean(1) * _shares(names),
    }
    return {name: of for name, of in found.items() if len(of)}


def _shares(names: np.ndarray) -> np.ndarray:
    """Weights, 1 on average, by which every series counts once however many windows it has."""
    if not len(names):
        return np.ones(0)
    _, where, counts = np.unique(names, return_inverse=True, return_counts=True)
    return len(names) / (len(counts) * counts[where])


def figures(of_windows: Mapping[str, np.ndarray]) -> dict[str, Figure]:
    """Figures with intervals, over windows, where there are ten or more.

    Args:
        of_windows: as `per_window` gives them.
    """
    return {
        name: mean(of, np.sqrt) if name == "rmse" else mean(of) for name, of in of_windows.items()
    }


def numbers(
    predicted: np.ndarray, y: np.ndarray, series: Sequence[Any], scale: np.ndarray
) -> dict[str, float]:
    """The same figures of single steps, `(n,)` each, as plain numbers."""
    found = per_window(predicted[:, None], y[:, None], series, scale)
    means = {name: float(of.mean()) for name, of in found.items()}
    return means | {"rmse": means["rmse"] ** 0.5}


def deciding(of_windows: Mapping[str, np.ndarray]) -> np.ndarray:
    """The errors by which forecasts are compared: scaled ones, where any series has a scale."""
    return next(of_windows[name] for name in DECIDES if name in of_windows)


def unscaled(scales: Mapping[Any, float]) -> list[str]:
    """In words: which series have no scale, and so no part in mase.

    Args:
        scales: of each series; not a number where it has none.
    """
    without = [str(name) for name, scale in scales.items() if not np.isfinite(scale)]
    if not without:
        return []
    more = f" and {len(without) - 3:,} more" if len(without) > 3 else ""
    part = "counts in no mase" if len(without) < len(scales) else "there is no mase, mae decides"
    return [
        f"{len(without):,} of {len(scales):,} series ({', '.join(without[:3])}{more}) repeat "
        "themselves exactly in training, stand still, or are shorter than a season and a step: "
        f"errors can't be scaled by how much they change; {part}"
    ]
