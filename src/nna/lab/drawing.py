"""What figures of experiments share: colours that all eyes tell apart, rates with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nna.intervals import mean_interval, rate_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#666666"


def new(width: float, height: float, columns: int = 1) -> tuple[Figure, Any]:
    """A figure of some inches and its axes, side by side, without a window behind it."""
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(width, height), layout="constrained")
    return drawing, drawing.subplots(1, columns, squeeze=False)[0]


def rates(axis: Any, rows: Sequence[tuple[str, Sequence[float], str]]) -> None:
    """Shares of runs in percent with their 95 % intervals, one line a row, the first on top.

    Args:
        axis: to draw on.
        rows: label, ones and zeros, colour.
    """
    for place, (_, values, colour) in enumerate(rows):
        rate, (low, high) = np.mean(values), rate_interval(np.asarray(values))
        axis.plot([100 * low, 100 * high], [place, place], color=colour, linewidth=2)
        axis.plot(100 * rate, place, "o", color=colour, markersize=7)
        text = f"{sum(values):.0f}/{len(values)}"
        axis.text(106, place, text, va="center", ha="left", color=GREY)
    axis.set(xlim=(-4, 104), ylim=(len(rows) - 0.5, -0.5))
    axis.set_yticks(range(len(rows)), [label for label, _, _ in rows])
    axis.grid(axis="x", alpha=0.3)


def runs(axis: Any, rows: Sequence[tuple[Sequence[float], str]]) -> None:
    """Every run as a dot, a row of runs a line, the first on top; a bar at the mean.

    Args:
        axis: to draw on.
        rows: numbers, colour.
    """
    spread = np.random.default_rng(0)
    for place, (values, colour) in enumerate(rows):
        apart = place + spread.uniform(-0.25, 0.25, len(values))
        axis.plot(values, apart, "o", color=colour, alpha=0.45, markersize=5, markeredgewidth=0)
        axis.plot([np.mean(values)] * 2, [place - 0.35, place + 0.35], color=colour, linewidth=2)
    axis.set(ylim=(len(rows) - 0.5, -0.5))
    axis.grid(axis="x", alpha=0.3)


def pairs(axis: Any, rows: Sequence[tuple[str, Sequence[Sequence[float]], str]]) -> None:
    """Every run as a line through its numbers at a few places, and a legend.

    Args:
        axis: to draw on.
        rows: label, the runs' numbers at each place, colour.
    """
    for label, columns, colour in rows:
        axis.plot(columns, "-o", color=colour, alpha=0.4, linewidth=1, markersize=3.5)
        axis.plot([np.mean(values) for values in columns], color=colour, linewidth=2, label=label)
    axis.set_xlim(-0.3, len(rows[0][1]) - 0.7)
    axis.grid(axis="y", alpha=0.3)
    axis.legend(frameon=False, fontsize=8)


def curves(
    axis: Any, x: Sequence[float], rows: Sequence[tuple[str, Sequence[Sequence[float]], str, str]]
) -> None:
    """Means over the runs along x, each with its 95 % interval as a band, and a legend.

    Args:
        axis: to draw on.
        x: places.
        rows: label, the runs' numbers at each place, colour, style of the line.
    """
    for label, columns, colour, style in rows:
        ends = np.array([mean_interval(np.asarray(values)) for values in columns])
        axis.fill_between(x, ends[:, 0], ends[:, 1], color=colour, alpha=0.2, linewidth=0)
        means = [np.mean(values) for values in columns]
        axis.plot(x, means, style, color=colour, marker="o", markersize=4, label=label)
    axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize=8)
