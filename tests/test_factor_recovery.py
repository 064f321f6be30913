"""The task of finding causes: what a code is given for them, and what the simple rivals get."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from nna import tasks
from nna.data import catalog
from nna.tasks.factor_recovery import FACTORS, matched

TASK = tasks.get("factor-recovery")
SEED = st.integers(0, 10_000)


def drawn(seed, units=4, factors=3, rows=50):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, units)), rng.normal(size=(rows, factors))


@given(SEED)
def test_order_sign_scale_and_shift_of_units_do_not_matter(seed):
    code, factors = drawn(seed)
    rng = np.random.default_rng(seed)
    moved = code[:, rng.permutation(4)] * rng.choice([-3.0, 0.2], 4) + rng.normal(size=4)
    np.testing.assert_allclose(matched(moved, factors), matched(code, factors), atol=1e-9)


@given(SEED)
def test_factors_themselves_are_recovered_whole_and_never_more_than_whole(seed):
    code, factors = drawn(seed)
    np.testing.assert_allclose(matched(np.hstack([code, factors]), factors), 1)
    assert (matched(code, factors) <= 1 + 1e-9).all()


@given(SEED)
def test_a_unit_serves_one_factor_alone_and_what_is_left_without_gets_nothing(seed):
    _, factors = drawn(seed)
    found = matched(factors[:, :1], factors)
    assert found[0] == pytest.approx(1)
    assert (found[1:] == 0).all()


@given(SEED)
def test_the_matching_is_the_best_of_all(seed):
    from itertools import permutations

    code, factors = drawn(seed)
    table = np.abs(np.corrcoef(factors.T, code.T)[:3, 3:])
    best = max(sum(table[i, j] for i, j in enumerate(of)) for of in permutations(range(4), 3))
    assert matched(code, factors).sum() == pytest.approx(best)


def test_units_that_never_change_follow_nothing():
    code, factors = drawn(0)
    code[:, 1] = 5.0
    assert np.isfinite(matched(code, factors)).all()
    np.testing.assert_allclose(
        matched(code, factors), matched(np.delete(code, 1, 1), factors), atol=1e-9
    )


def test_rivals_of_the_bars_know_pixels_and_components():
    examples = catalog.load("crossing_bars")
    x, factors = np.asarray(examples.x), np.asarray(examples.targets[FACTORS])
    assert (x[:, 0].any(2) >= factors[:, :8].astype(bool)).all()
    assert factors.mean() == pytest.approx(1 / 8, abs=0.01)
    drawn_over = (factors[:, :8, None] + factors[:, None, 8:]) > 0
    np.testing.assert_array_equal(x[:, 0], drawn_over)
    rivals = TASK.baselines({"x": x, FACTORS: factors}, {"x": x, FACTORS: factors})
    pixels, components = (rivals[name]["MCC"][0].mean() for name in ("inputs", "pca"))
    assert 0.6 < components + 0.15 < pixels < 0.75


def test_an_answer_names_the_units_that_are_largest():
    assert TASK.answers({"code": np.array([[0.1, 0.9, 0.5]])}) == [{"units": "1 2 0"}]
