"""Windows of series: split forward in time, scaled by the past; columns that hold the future."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna.data.series import leaks
from nna.data.series.panels import Layout, panel
from nna.data.series.parts import Span, examples, latest
from nna.data.series.windows import Plan
from nna.data.splits.split import split


def walk(n=200, seed=0, **columns):
    y = np.random.default_rng(seed).normal(size=n).cumsum() + 50
    return pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=n), "y": y, **columns})


def cut(frame, layout=None, **span):
    asked = Span(**{"horizon": 7, "lookback": 14, **span})
    return examples(panel(frame, layout or Layout()), asked)


def test_parts_lie_one_after_the_other():
    made = cut(walk())
    ends = {}
    for part, of in split(made, seed=0).items():
        first = of.windows.origins["cutoff"] + pd.Timedelta("1D")
        ends[part] = (first.min(), (first + pd.Timedelta("6D")).max(), len(of))
    assert ends["train"][1] < ends["validation"][0]
    assert ends["validation"][1] < ends["test"][0]
    assert ends["test"][1] == pd.Timestamp("2024-01-01") + pd.Timedelta("199D")
    assert ends["test"][2] == 6  # windows a horizon apart, over 20 % of 200 days
    assert ends["validation"][2] == 28 - 6  # windows a day apart


def test_a_window_holds_what_was_and_its_target_what_came():
    frame = walk()
    made = cut(frame)
    past, came = made.windows.restore(made.x[:, :, 0]), made.windows.restore(made.y)
    at = int((frame["ds"] == made.windows.origins["cutoff"].iloc[17]).to_numpy().argmax())
    np.testing.assert_allclose(past[17], frame["y"][at - 13 : at + 1], rtol=1e-5)
    np.testing.assert_allclose(came[17], frame["y"][at + 1 : at + 8], rtol=1e-5)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 1000), factor=st.floats(-50, 50))
def test_training_hangs_on_nothing_that_comes_later(seed, factor):
    frame = walk(seed=seed, x=np.arange(200.0))
    later = frame.copy()
    made = cut(frame)
    mark = made.windows.origins["cutoff"][made.parts["train"]].max() + pd.Timedelta("7D")
    later.loc[later["ds"] > mark, ["y", "x"]] *= factor
    again = cut(later)
    for one, other in ((made, again),):
        rows = one.parts["train"]
        np.testing.assert_array_equal(one.x[rows], other.x[rows])
        np.testing.assert_array_equal(one.y[rows], other.y[rows])
    assert made.windows.plan == again.windows.plan


def test_what_a_window_shows_hangs_on_nothing_after_it():
    frame = walk(x=np.arange(200.0))
    later = frame.copy()
    later.loc[150:, ["y", "x"]] = -1e6
    made, again = cut(frame), cut(later)
    before = (made.windows.origins["cutoff"] <= frame["ds"][149]).to_numpy()
    test = np.zeros(len(made), dtype=bool)
    test[made.parts["test"]] = True
    assert (before & ~test).any()
    np.testing.assert_array_equal(made.x[before], again.x[before])


def test_columns_known_beforehand_stand_in_the_window_a_horizon_ahead():
    frame = walk(x=np.arange(200.0))
    made = cut(frame, Layout(future_covariates=("x",)))
    plan = made.windows.plan
    mean, spread = plan.future_covariates["x"]
    days = (made.windows.origins["cutoff"] - pd.Timestamp("2024-01-01")).dt.days.to_numpy()
    assert plan.channels == ("y", "x", "x, 7 steps ahead")
    np.testing.assert_allclose(made.x[:, -1, 1] * spread + mean, days, rtol=1e-4)
    np.testing.assert_allclose(made.x[:, -1, 2] * spread + mean, days + 7, rtol=1e-4)
    train = days[made.parts["train"]].max() + 7
    assert mean == pytest.approx(np.arange(train + 1).mean())


def test_series_that_ended_before_the_test_only_teach():
    both = pd.concat([walk().assign(unique_id="long"), walk(100).assign(unique_id="short")])
    parts = split(cut(both), seed=0)
    assert set(parts["train"].windows.origins["unique_id"]) == {"long", "short"}
    assert set(parts["test"].windows.origins["unique_id"]) == {"long"}


def test_series_too_short_are_left_out_and_named():
    both = pd.concat([walk().assign(unique_id="long"), walk(10).assign(unique_id="tiny")])
    assert "left out: series too short: 'tiny' (10 steps)" in cut(both).notes


def test_context_and_season_come_from_the_clock():
    plan = cut(walk(), lookback=None).windows.plan
    assert (plan.season, plan.lookback) == (7, 14)
    assert cut(walk(60), lookback=None, horizon=7).windows.plan.lookback < 20


def test_a_plan_survives_its_record():
    plan = cut(walk(x=1.5, z=2.0), Layout(future_covariates=("z",))).windows.plan
    assert Plan.from_json(plan.to_json()) == plan


def test_the_last_window_of_each_series_waits_for_what_comes():
    frame = walk(x=np.arange(200.0))
    plan = cut(frame).windows.plan
    last = latest(panel(frame.assign(z=1.0), Layout()), plan)
    assert last.notes[-1] == "left out: column 'z': not there in training"
    assert last.y is None
    assert last.windows.origins["cutoff"].tolist() == [frame["ds"].iloc[-1]]
    np.testing.assert_allclose(
        last.windows.restore(last.x[:, :, 0])[0], frame["y"][-14:], rtol=1e-5
    )


@pytest.mark.parametrize(
    ("frame", "span", "words"),
    [
        (walk(30), {}, ("6 steps|stretch to learn from",)),
        (walk(), {"horizon": 0}, ("1 at least",)),
        (walk(), {"lookback": 3, "season": 7}, ("must hold a season",)),
        (walk().assign(y=5.0), {}, ("same value throughout",)),
    ],
)
def test_what_leaves_no_windows(frame, span, words, refuses):
    refuses(lambda: cut(frame, **span), *words)


def test_what_the_last_window_lacks_is_named(refuses):
    frame = walk(x=1.0 * np.arange(200))
    plan = cut(frame, Layout(future_covariates=("x",))).windows.plan
    refuses(
        lambda: latest(panel(frame, Layout(future_covariates=("x",))), plan),
        "x must be given for 7 steps",
    )
    refuses(lambda: latest(panel(walk(), Layout()), plan), "column 'x' is missing")
    refuses(
        lambda: latest(panel(walk(5), Layout()), dataclasses.replace(plan, future_covariates={})),
        "5 ste",
    )


# --- leaks -----------------------------------------------------------------------------------

FUTURE = np.random.default_rng(0).normal(size=240).cumsum()
Y = FUTURE[:200]


@pytest.mark.parametrize(
    ("column", "lead"),
    [
        (FUTURE[1:201], 1),
        (-3 * FUTURE[3:203] + 8, 3),
        (np.exp(FUTURE[2:202] / 5), 2),
        ((FUTURE[1:201] + Y + np.r_[0, Y[:-1]]) / 3, 1),
    ],
)
def test_a_column_of_future_values_is_caught(column, lead):
    found = panel(walk().assign(y=Y, x=column), Layout())
    assert leaks.find(found, horizon=7) == {"x": lead}
    assert f"{lead} step{'s' * (lead > 1)} later away" in leaks.warnings(found, 7)[0]


@pytest.mark.parametrize(("column", "lead"), [(Y, 0), (np.r_[0, 0, Y[:-2]], -2)])
def test_what_is_said_to_be_known_beforehand_must_not_be_the_target(column, lead):
    frame = walk().assign(y=Y, x=column)
    assert leaks.find(panel(frame, Layout()), 7) == {}  # the past may help
    assert leaks.find(panel(frame, Layout(future_covariates=("x",))), 7) == {"x": lead}


@pytest.mark.parametrize(
    "column",
    [
        np.random.default_rng(1).normal(size=200).cumsum(),
        FUTURE[1:201] + 2 * np.random.default_rng(2).normal(size=200),
        np.arange(200) % 7,
        np.ones(200),
    ],
)
def test_honest_columns_are_left_in_peace(column):
    frame = walk().assign(y=Y, x=1.0 * column)
    for known in ((), ("x",)):
        assert leaks.find(panel(frame, Layout(future_covariates=known)), 7) == {}
