"""Every figure of forecasts by one definition, against sums written out value by value."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from nna.data.series.windows import seasonal_change
from nna.workbench.comparison.folds import Fold
from nna.workbench.comparison.over_time import scales_of
from nna.workbench.forecasting import forecast_metrics

NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda v: 0.0 if abs(v) < 1e-6 else v)


def slow_scale(y, season):
    """The mean change over a season, or nothing: a loop."""
    changes = [abs(y[i] - y[i - season]) for i in range(season, len(y))]
    mean = sum(changes) / len(changes) if changes else 0.0
    return mean if mean > 1e-9 * np.std(y) and mean > 1e-14 * max(map(abs, y)) else None


def slow(predicted, y, series, scale):
    """The figures, by loops over series, windows and steps."""
    mase, smape, absolute, squared = [], [], [], []
    for name in dict.fromkeys(series):
        here = [i for i in range(len(series)) if series[i] == name]
        gaps = [abs(p - t) for i in here for p, t in zip(predicted[i], y[i], strict=True)]
        absolute += gaps
        squared += [gap * gap for gap in gaps]
        parts = [
            0.0 if p == t == 0 else 200 * abs(p - t) / (abs(p) + abs(t))
            for i in here
            for p, t in zip(predicted[i], y[i], strict=True)
        ]
        smape.append(sum(parts) / len(parts))
        if not math.isnan(scale[here[0]]):
            mase.append(sum(gaps) / len(gaps) / scale[here[0]])
    found = {
        "mae": sum(absolute) / len(absolute),
        "rmse": math.sqrt(sum(squared) / len(squared)),
        "smape": sum(smape) / len(smape),
    }
    return found | ({"mase": sum(mase) / len(mase)} if mase else {})


@settings(max_examples=60)
@given(st.data())
def test_both_ways_give_the_figures_of_plain_loops(data):
    """Windows as `nna train` has them, and single rows as comparisons have them."""
    windows, steps = data.draw(st.integers(1, 7)), data.draw(st.integers(1, 4))
    shape = (windows, steps)
    predicted, y = (data.draw(arrays(float, shape, elements=NUMBERS)) for _ in range(2))
    series = data.draw(st.lists(st.sampled_from("abc"), min_size=windows, max_size=windows))
    scales = {name: data.draw(st.sampled_from([0.5, 3.0, 1e6, math.nan])) for name in "abc"}
    scale = np.array([scales[name] for name in series])
    expected = slow(predicted, y, series, scale)
    of_windows = forecast_metrics.per_window(predicted, y, series, scale)
    found = {n: of.value for n, of in forecast_metrics.figures(of_windows).items()}
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    long = np.repeat(series, steps), np.repeat(scale, steps)
    rows = forecast_metrics.numbers(predicted.ravel(), y.ravel(), *long)
    assert rows == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert rows["mae"] == pytest.approx(mean_absolute_error(y.ravel(), predicted.ravel()))
    assert rows["rmse"] == pytest.approx(root_mean_squared_error(y.ravel(), predicted.ravel()))
    assert 0 <= rows["smape"] <= 200


@settings(max_examples=60)
@given(arrays(float, st.integers(1, 40), elements=NUMBERS), st.integers(1, 12))
def test_the_scale_of_a_series_is_its_mean_change_over_a_season(y, season):
    found, expected = seasonal_change(y, season), slow_scale(y.tolist(), season)
    assert math.isnan(found) if expected is None else found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("y", "season"),
    [
        (np.full(50, 7.0), 1),
        (np.full(50, 0.1) + 1.7e9, 12),
        (1e6 + 10 * np.sin(2 * np.pi * np.arange(5000) / 12), 12),  # but for rounding
        (np.tile([1.0, 2.0, 3.0], 9), 3),
        (np.arange(12.0), 12),  # not one value has one a season before
        (np.array([5.0]), 1),
        (np.zeros(9), 1),
    ],
)
def test_what_repeats_itself_has_no_scale(y, season):
    assert math.isnan(seasonal_change(y, season))


def test_small_changes_on_a_large_offset_are_a_scale():
    y = 1.7e9 + np.random.default_rng(0).normal(size=100)
    assert seasonal_change(y, 1) == pytest.approx(np.abs(np.diff(y)).mean())
    assert seasonal_change(np.array([0.0, 1e-300]), 1) > 0


def test_a_small_series_counts_as_much_as_a_large_one():
    """A forecast ten times too bad on a small series: one scale for all would not see it."""
    series, scale = ["large", "small"], np.array([1000.0, 0.1])
    came = np.array([5000.0, 1.0])
    good_on_large = forecast_metrics.numbers(np.array([5500.0, 3.0]), came, series, scale)
    good_on_small = forecast_metrics.numbers(np.array([6500.0, 1.05]), came, series, scale)
    assert good_on_large["mae"] < good_on_small["mae"]
    assert good_on_small["mase"] == pytest.approx((1.5 + 0.5) / 2)
    assert good_on_small["mase"] < good_on_large["mase"] == pytest.approx((0.5 + 20) / 2)


def test_comparisons_scale_each_series_by_its_own_past():
    y = {"a": np.array([1.0, 2.0, 4.0, 7.0, 1e9]), "b": np.array([100.0, 90.0, 120.0, 80.0, -1e9])}
    frame = pd.DataFrame({"unique_id": ["a"] * 5 + ["b"] * 5, "y": [*y["a"], *y["b"]]})
    fold = Fold(np.array([0, 1, 2, 3, 5, 6, 7, 8]), np.array([4, 9]))
    expected = {name: slow_scale(of[:4].tolist(), 2) for name, of in y.items()}
    assert scales_of(frame, fold, 2) == pytest.approx(expected)


def test_series_without_a_scale_are_named():
    assert forecast_metrics.unscaled({"a": 1.0}) == []
    one = forecast_metrics.unscaled({"a": 1.0, "flat": math.nan})[0]
    assert one.startswith("1 of 2 series (flat) repeat")
    assert one.endswith("counts in no mase")
    assert "mae decides" in forecast_metrics.unscaled(dict.fromkeys("abcde", math.nan))[0]


def test_too_few_windows_have_no_interval():
    few, many = (
        forecast_metrics.figures(
            forecast_metrics.per_window(
                np.linspace(0, 2, 2 * n).reshape(n, 2), np.zeros((n, 2)), "a" * n, np.ones(n)
            )
        )
        for n in (9, 40)
    )
    assert few["mase"].low is None
    assert many["mase"].low < 1 < many["mase"].high
