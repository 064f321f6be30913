"""Intervals of forecasts hold what they say, by simulation; rules forecast, nothing is trained."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from nna.workbench.evaluation.calibration import margin
from nna.workbench.forecasting import forecasts

DRAWS, SEASON = 150, 12


def walk(draw, steps, series, common, kept):
    """Autoregressive series, `(draws, series, steps)`, that share some of what moves them."""
    shocks = np.sqrt(1 - common) * draw.normal(size=(DRAWS, series, steps + 200))
    shocks += np.sqrt(common) * draw.normal(size=(DRAWS, 1, steps + 200))
    y = shocks.copy()
    for step in range(1, steps + 200):
        y[..., step] += kept * y[..., step - 1]
    return y[..., 200:]


PROCESSES = {  # name -> share of the last value that is kept, and how it is forecast
    "walk, by the last value": (1.0, lambda past, ahead: past[..., -1:] + 0 * ahead),
    "autoregression, by its own law": (0.9, lambda past, ahead: past[..., -1:] * 0.9**ahead),
    "autoregression, by the mean": (0.9, lambda past, ahead: past.mean(-1)[..., None] + 0 * ahead),
    "season, by the one before": (
        0.5,
        lambda past, ahead: past[..., (ahead - 1) % SEASON - SEASON],
    ),
}


def coverage(name, steps, horizon, series=1, common=0.0):
    """For each level: what intervals held in each draw, where there were any.

    Windows as `series_parts` cuts them: held out, a step apart, over 15 % of the steps; tested, a
    horizon apart, over the last 20 %; each in units of its own spread.
    """
    kept, rule = PROCESSES[name]
    y = walk(np.random.default_rng(0), steps, series, common, kept)
    y += 5 * np.sin(2 * np.pi * np.arange(steps) / SEASON) * name.startswith("season")
    tested, checked = (max(1, round(steps * share / horizon)) * horizon for share in (0.2, 0.15))
    ahead = np.arange(1, horizon + 1)

    def errors(starts):
        past = y[..., starts[:, None] + np.arange(-24, 0)]
        apart = y[..., starts[:, None] + ahead - 1] - rule(past, ahead)
        return apart / np.maximum(past.std(-1), 0.1 * y.std(-1)[..., None])[..., None]

    first = steps - tested
    held = errors(np.arange(first - checked, first - horizon + 1))
    new = errors(np.arange(first, steps - horizon + 1, horizon))
    origins = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(series), held.shape[2]),
            "cutoff": np.tile(np.arange(held.shape[2]), series),
        }
    )
    found = {level: [] for level in forecasts.LEVELS}
    for one, came in zip(held, new, strict=True):
        flat = one.reshape(-1, horizon)
        for level, widths in forecasts.radii(flat, np.zeros_like(flat), origins).items():
            found[level].append((np.abs(came) <= widths).mean())
    return found


CASES = [
    *((name, steps, horizon, 1, 0.0) for name in PROCESSES
      for steps, horizon in ((130, 3), (200, 1), (200, 6), (200, 12), (300, 6), (600, 12))),
    *(("walk, by the last value", 200, 6, 5, common) for common in (0.0, 0.8)),
    ("autoregression, by the mean", 300, 12, 5, 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("name", "steps", "horizon", "series", "common"), CASES)
def test_intervals_hold_what_they_say(name, steps, horizon, series, common):
    """Never less than said, by more than chance: draws are independent, windows of one are not.

    The bound is that of a mean over independent draws, a normal one, at 1 in 10,000 a case.
    """
    found = coverage(name, steps, horizon, series, common)
    assert found[50], "half can always be told"
    for level, shares in found.items():
        if len(shares) < DRAWS / 2:  # where levels are seldom given, they are not tested alone
            continue
        error = np.std(shares) / np.sqrt(len(shares))
        assert np.mean(shares) >= level / 100 + norm.ppf(1e-4) * error, (level, np.mean(shares))


def test_intervals_are_not_wider_than_they_must_be():
    for horizon, most in ((1, 0.92), (6, 0.95)):
        shares = coverage("autoregression, by its own law", 600, horizon)[90]
        assert len(shares) == DRAWS
        assert np.mean(shares) < most


def test_levels_that_so_few_windows_can_not_bear_are_left_out():
    short, long = (coverage("walk, by the last value", n, 12) for n in (200, 600))
    assert [level for level, of in short.items() if of] == [50]
    assert [level for level, of in long.items() if of] == [50, 80, 90]
    assert forecasts.untold(forecasts.LEVELS) == []
    assert "no interval of 90 %, 95 %: the windows" in forecasts.untold([50, 80])[0]


def test_series_that_move_as_one_are_worth_one():
    draw = np.random.default_rng(0)
    one = draw.normal(size=(40, 3))
    origins = pd.DataFrame({"unique_id": np.repeat(range(6), 40), "cutoff": [*range(40)] * 6})
    alone = forecasts._independent(one, origins[:40])
    np.testing.assert_allclose(alone, [40, 1 + 39 / 1.5, 1 + 39 / (19 / 9)])
    np.testing.assert_allclose(forecasts._independent(np.tile(one, (6, 1)), origins), alone)
    apart = forecasts._independent(draw.normal(size=(240, 3)), origins)
    assert (apart > 3.5 * alone).all()


def test_the_margin_of_independent_errors_is_the_one_of_split_conformal_prediction():
    errors = np.random.default_rng(0).exponential(size=39)
    assert margin(errors, 0.9) == margin(errors, 0.9, 39.0) == np.sort(errors)[35]
    assert margin(errors, 0.9, 20.0) == np.sort(errors)[36]
    assert margin(errors, 0.9, 8.9) == np.inf
    assert margin(errors[:0], 0.9) == np.inf
