"""Holt-Winters and Theta are those of statsmodels, carried on; bounds of their cost are said."""

import warnings
from itertools import count

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from nna.workbench.estimators.windowed import RuleForecaster
from nna.workbench.forecasting import exponential_smoothing, forecasts


def series(steps, season=12, noise=1.0, factor=False, seed=0):
    """A line with a season added to it, or a season that grows with it."""
    t = np.arange(steps)
    wave = np.sin(2 * np.pi * t / max(season, 2)) * (season > 1)
    plain = (100 + t) * (1 + 0.3 * wave) if factor else 100 + 0.2 * t + 10 * wave
    return plain + np.random.default_rng(seed).normal(0, noise, steps)


@pytest.mark.parametrize(
    ("steps", "season", "factor"),
    [(120, 12, False), (130, 12, True), (90, 7, False), (60, 1, False)],
)
def test_every_form_is_carried_on_as_statsmodels_does(steps, season, factor):
    """Every fitted value, and what comes after the last one, step by step.

    A season ahead and more, statsmodels repeats a season's value from before its last update.
    """
    y = series(steps, season, factor=factor)
    unit = float(y.std())
    for form in exponential_smoothing._forms(y, season):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = ExponentialSmoothing(y / unit, **form, initialization_method="estimated").fit()
        own = exponential_smoothing._read(fitted.params, form, unit, 0)
        one_ahead = own.forecasts(y, np.arange(steps), 1)[:, 0]
        np.testing.assert_allclose(one_ahead, np.asarray(fitted.fittedvalues) * unit, rtol=1e-9)
        far = max(season - 1, 5)
        after = own.forecasts(y, np.array([steps]), far)[0]
        np.testing.assert_allclose(after, np.asarray(fitted.forecast(far)) * unit, rtol=1e-9)


@pytest.mark.parametrize(
    ("steps", "season", "factor"),
    [(120, 12, False), (130, 12, True), (93, 7, False), (60, 1, False)],
)
def test_theta_is_that_of_statsmodels(steps, season, factor):
    y = series(steps, season, factor=factor)
    model = ThetaModel(y, period=season, deseasonalize=season > 1)
    own, said = exponential_smoothing.METHODS["Theta"](y, season, lambda: 0.0)
    assert not said
    found = own.forecasts(y, np.array([steps]), 30)[0]
    np.testing.assert_allclose(found, np.asarray(model.fit().forecast(30)), rtol=1e-9)


@pytest.mark.parametrize("name", exponential_smoothing.METHODS)
def test_a_series_that_stands_still_at_its_end_is_forecast_to_stand_still(name, monkeypatch):
    """Of a constant Theta would draw a line through nothing: what is estimated on has no spread."""
    monkeypatch.setattr(exponential_smoothing, "STEPS", 40)
    past = np.concatenate([series(30), np.full(40, 3.0)])
    rival = exponential_smoothing.fit(name, {"a": past}, 7)
    assert rival.own["a"].forecasts(past, np.array([70]), 5).tolist() == [[3.0] * 5]
    assert "too short or constant" in rival.notes[0]


@pytest.mark.parametrize("name", exponential_smoothing.METHODS)
@settings(max_examples=10, deadline=None)
@given(st.data())
def test_a_series_that_repeats_itself_is_repeated(name, data):
    """Without its season it is a constant, of whose level statsmodels' Theta makes a slope."""
    cycle = np.array(data.draw(st.lists(st.integers(-5, 5), min_size=2, max_size=7)), float)
    scale = data.draw(st.sampled_from([1e-3, 0.1, 1.0, 1e6]))
    past = np.tile((cycle + data.draw(st.sampled_from([0, 6]))) * scale, 12)
    rival = exponential_smoothing.fit(name, {"a": past}, len(cycle))
    found = rival.own["a"].forecasts(past, np.array([len(past)]), len(cycle))[0]
    np.testing.assert_allclose(found, past[: len(cycle)], atol=1e-3 * np.abs(past).max())


@pytest.mark.parametrize("name", exponential_smoothing.METHODS)
def test_what_comes_after_a_start_is_never_looked_at(name):
    y = series(150)
    rival = exponential_smoothing.fit(name, {"a": y[:120]}, 12)
    starts = np.array([120, 131, 131, 140])
    before = rival.own["a"].forecasts(y, starts, 6)
    wild = y.copy()
    wild[131:] *= 1e6
    after = rival.own["a"].forecasts(wild, starts, 6)
    np.testing.assert_array_equal(before[:3], after[:3])
    assert not np.allclose(before[3], after[3])


@pytest.mark.parametrize("name", exponential_smoothing.METHODS)
def test_a_season_on_a_line_is_forecast_well_by_a_rule_like_any_other(name):
    y = series(200, factor=True)
    ds = pd.date_range("2001-01-01", periods=200, freq="MS")
    frame = pd.DataFrame({"ds": ds, "y": y})
    told = RuleForecaster(name, horizon=12).fit(frame[:188]).predict()
    assert np.abs(told[name] - y[188:]).mean() < 6
    assert np.abs(y[176:188] - y[188:]).mean() > 11  # the season before


def test_looking_back_has_them_as_columns():
    ds = pd.date_range("2001-01-01", periods=60, freq="MS")
    frame = pd.DataFrame({"ds": ds, "y": series(60)})
    crossed = RuleForecaster("naive", horizon=2, season=1).cross_validation(frame, refit=False)
    assert {*crossed.columns} >= {*exponential_smoothing.METHODS}
    assert "seasonal naive" not in crossed.columns


def test_series_never_seen_are_smoothed_with_the_usual_parameters():
    frame = pd.DataFrame({"ds": pd.date_range("2001-01-01", periods=100, freq="MS")})
    model = RuleForecaster("Holt-Winters", horizon=6, season=12).fit(frame.assign(y=series(100)))
    other = series(100, seed=1) * 50
    told = model.predict(new_df=frame[:94].assign(y=other[:94], unique_id="new"))
    assert np.abs(told["Holt-Winters"] - other[94:]).mean() < 0.3 * np.ptp(other)


def test_only_so_many_series_get_parameters_of_their_own_and_that_is_said(monkeypatch):
    monkeypatch.setattr(exponential_smoothing, "SERIES", 3)
    pasts = {f"s{i}": series(60, seed=i) for i in range(10)}
    rival = exponential_smoothing.fit("Holt-Winters", pasts, 12)
    assert [*rival.own] != []
    assert {*rival.own} == {*pasts}
    assert "fitted on 3 of 10 series" in rival.notes[-1]


def test_the_limits_of_time_are_kept_and_said():
    """A clock that goes a second at every look: one form, and soon no series more."""
    ticks = count()
    pasts = {f"s{i}": series(60, seed=i) for i in range(12)}
    rival = exponential_smoothing.fit("Holt-Winters", pasts, 12, clock=lambda: 2.0 * next(ticks))
    assert "the time ran out" in rival.notes[0]
    fitted = int(rival.notes[-1].split("fitted on ")[1].split()[0])
    assert 1 <= fitted < 6


def test_what_can_not_be_estimated_is_told_in_words(monkeypatch):
    pasts = {"flat": np.full(40, 3.0), "short": np.array([1.0, 2.0]), "a": series(60)}

    class Fails(ExponentialSmoothing):
        def fit(self, *args, **kwargs):
            warnings.warn("no", ConvergenceWarning, stacklevel=2)
            return super().fit(*args, **kwargs)

    monkeypatch.setattr("statsmodels.tsa.holtwinters.ExponentialSmoothing", Fails)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rival = exponential_smoothing.fit("Holt-Winters", pasts, 12)
    assert rival.notes == [
        "Holt-Winters: 2 (flat, short) of 3 series: too short or constant, so its last value "
        "stands for the forecast",
        "Holt-Winters: 1 (a) of 3 series: the estimation did not converge, so the parameters that "
        "it reached are used",
    ]
    assert rival.own["flat"].forecasts(pasts["flat"], np.array([40]), 3).tolist() == [[3.0] * 3]


def test_without_statsmodels_the_rivals_are_left_out(monkeypatch):
    monkeypatch.setattr(exponential_smoothing, "installed", lambda: False)
    assert {*forecasts.rules(12)} == {*forecasts.RULES}
