"""Numbers are centred and scaled in double precision: an offset or a unit changes no figure."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.data.scaling import BLOCK, mean_and_spread, restored, scaled, widened
from nna.spec import Series, Table
from nna.workbench import fitting
from nna.workbench.evaluation import baselines, evaluate, metrics
from nna.workbench.prepared_data import compose

UNITS = st.floats(-6, 6).map(lambda power: 10.0**power)
OFFSETS = st.one_of(st.just(0.0), st.just(1.7e9), st.floats(-1e12, 1e12))
EPS = np.finfo(np.float64).eps


def lost(unit, offset):
    """What rounding to double precision takes, as a share of the unit."""
    return 8 * EPS * abs(offset) / unit


@settings(max_examples=60, deadline=None)
@given(UNITS, OFFSETS, st.integers(2, 50), st.integers(0, 2**16))
def test_scaled_numbers_know_neither_their_unit_nor_their_offset(unit, offset, count, seed):
    plain = np.random.default_rng(seed).normal(size=count)
    shifted = plain * unit + offset
    tolerance = 1e-6 + 4 * lost(unit, offset) / plain.std()
    one, other = (scaled(v, *mean_and_spread(v)) for v in (plain, shifted))
    np.testing.assert_allclose(one, other, atol=tolerance * (1 + np.abs(one).max()))
    back = restored(other, *mean_and_spread(shifted))
    np.testing.assert_allclose(back, shifted, rtol=4 * EPS, atol=unit * 1e-6)


def test_what_does_not_vary_is_divided_by_one():
    for constant in (0.1, 1e12, -3.0, 1e-300):
        assert mean_and_spread(np.full(7, constant)) == (constant, 1.0)
    assert mean_and_spread(np.full(3, np.nan)) == (0.0, 1.0)
    noise = 1e9 + np.array([0, 1, 0, 1]) * np.spacing(1e9)  # the last bit, and nothing else
    assert mean_and_spread(noise)[1] == 1.0


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.floats(0, 0.9), st.integers(0, 2**16))
def test_gaps_are_no_numbers(count, share, seed):
    draw = np.random.default_rng(seed)
    values = draw.normal(5, 2, count)
    values[draw.random(count) < share] = np.nan
    known = values[~np.isnan(values)]
    if len(known) > 1:
        assert mean_and_spread(values) == pytest.approx((known.mean(), known.std()))


def test_more_numbers_than_a_block_holds():
    x = np.random.default_rng(0).normal(3, 2, (3, BLOCK)).astype(np.float32)
    mean, spread = mean_and_spread(x)
    assert (mean, spread) == pytest.approx((x.mean(dtype=float), x.std(dtype=float)), rel=1e-9)
    np.testing.assert_allclose(scaled(x, mean, spread)[2], (x[2] - mean) / spread, atol=1e-5)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int32", "float16", "f4", "f8"])
def test_no_value_is_lost_where_numbers_are_widened(dtype):
    x = np.array([0, 1, 100], dtype=dtype)
    if x.dtype.kind in "ui":
        x[2] = np.iinfo(x.dtype).max // 2
    assert np.array_equal(widened(x).astype(x.dtype), x)
    assert widened(x).dtype in (np.float32, np.float64)


@pytest.mark.parametrize("kind", ["frame", "array", "series"])
def test_features_keep_what_varies_beside_an_offset(kind):
    small = np.random.default_rng(0).normal(size=(40, 3))
    x, port = small + 1.7e9, Table(features=3)
    if kind == "frame":
        x = pd.DataFrame(x, columns=list("abc"))
    if kind == "series":
        x, port = x[:, :, None], Series(channels=1, steps=3)
    examples = Examples.of(task="regression", port=port, x=x, y=small[:, 0])
    seen = np.asarray(Preparation.fit(examples).apply(examples).x).reshape(40, 3)
    assert [np.corrcoef(seen[:, i], small[:, i])[0, 1] for i in range(3)] == pytest.approx([1] * 3)
    assert seen.std() == pytest.approx(1, rel=1e-3)


def answered(y, x):
    """Figures of a network and of the baselines on y, and what the network predicts."""
    whole = Examples.of(task="regression", port=Table(features=2), x=x, y=y)
    parts = {
        p: whole.take(np.arange(60)[s])
        for p, s in (("train", slice(30)), ("validation", slice(30, 40)), ("test", slice(40, 60)))
    }
    material = compose("mlp", parts, {"hidden": (4,)})
    fitted = fitting.fit(material, {"epochs": 2})
    figures, _ = evaluate.evaluate(fitted.model, material)
    own = {"mlp": figures, **baselines.baselines(material)}
    return own, fitted.restored(fitted.outputs(parts["test"]))


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(UNITS, OFFSETS)
def test_figures_are_the_same_in_any_unit_from_any_origin(unit, offset):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(60, 2))
    y = x @ [1.0, -2.0] + draw.normal(0, 0.5, 60)
    plain, values = answered(y, x)
    other, shifted = answered(y * unit + offset, x)
    tolerance = 1e-3 + 100 * lost(unit, offset)
    if tolerance > 0.1:  # the target itself has lost what varies
        return
    np.testing.assert_allclose((shifted - offset) / unit, values, atol=tolerance)
    for name, figures in plain.items():
        assert other[name]["r2"].value == pytest.approx(figures["r2"].value, abs=tolerance)
        for error in ("mae", "rmse"):
            scale = other[name][error].value / unit
            assert scale == pytest.approx(figures[error].value, rel=tolerance)


def test_the_mean_explains_nothing_however_far_from_nought():
    """At 1.7e9 single precision told an R squared of 0.98, of the mean as well."""
    y = np.random.default_rng(0).normal(size=200) + 1.7e9
    assert metrics.regression(np.full(100, y[:100].mean()), y[100:])["r2"].value < 0.01
