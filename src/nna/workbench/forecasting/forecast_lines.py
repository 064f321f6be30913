"""Forecasts of a run, an answer for each step ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nna.data.examples import Examples
from nna.data.series.layout import shown as time_shown
from nna.errors import UserError
from nna.workbench.forecasting import forecasts
from nna.workbench.formatting import known_to
from nna.workbench.prediction.answers import Answers, ForecastAnswer


def lines(
    examples: Examples,
    ask: Callable[[], np.ndarray],
    radii: Mapping[str, Sequence[float]],
    steps: int | None,
    level: float | None,
) -> Answers:
    """What comes after each window, with an interval if there is one.

    Args:
        examples: windows of series.
        ask: gives what the model says of them, `(n, horizon)`.
        radii: half widths of intervals for each step, by per cent.
        steps: how many; None: as many as the model gives.
        level: share of what comes that intervals are to hold; None: 0.9, or the highest below for
            which there are radii.

    Raises:
        UserError: more than the model gives, or a level that there are no intervals for.
    """
    cut = forecasts.cut(examples)
    most = cut.plan.horizon
    if not 1 <= (steps or most) <= most:
        raise UserError(f"{steps} steps ahead; the run was trained for 1 to {most}")
    values = cut.restore(ask())
    shown = forecasts.usual(map(int, radii)) if level is None else round(100 * level)
    if level is not None and str(shown) not in radii:
        there = ", ".join(f"{int(one) / 100:g}" for one in radii) or "none"
        raise UserError(f"--level {level:g}: the run has intervals for: {there}")
    spreads = cut.origins["spread"].to_numpy()
    width = np.array(radii.get(str(shown), [])) * spreads[:, None]
    said = []
    for number, (name, cutoff) in enumerate(cut.ends):
        spread = float(spreads[number])
        for step, time in enumerate(cut.plan.clock.after(cutoff, steps or most)):
            value = float(values[number, step])
            half = None if shown is None else float(width[number, step])
            said.append(
                ForecastAnswer(
                    unique_id=name,
                    ds=time_shown(time),
                    forecast=known_to(value, spread),
                    level=shown,
                    low=None if half is None else known_to(value - half, spread),
                    high=None if half is None else known_to(value + half, spread),
                )
            )
    return Answers(said)
