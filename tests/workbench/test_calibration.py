import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.special import softmax

from nna.workbench.evaluation import calibration


def drawn(rows, seed=0, classes=3):
    """Scores, and classes drawn by their softmax: as sure as they should be."""
    draw = np.random.default_rng(seed)
    scores = draw.normal(0, 2, (rows, classes))
    y = np.array([draw.choice(classes, p=shares) for shares in softmax(scores, axis=1)])
    return scores, y


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_the_temperature_undoes_a_scale(scale):
    scores, y = drawn(4000)
    assert calibration.temperature(scores * scale, y) == pytest.approx(scale, rel=0.1)


def test_the_temperature_is_the_likeliest_one():
    from scipy.special import log_softmax

    scores, y = drawn(500)
    rows = np.arange(500)
    best = calibration.temperature(3 * scores, y)

    def likelihood(t):
        return log_softmax(3 * scores / t, axis=1)[rows, y].sum()

    assert likelihood(best) > max(likelihood(best * 1.2), likelihood(best / 1.2))


def test_few_rows_told_apart_perfectly_make_nobody_certain():
    y = np.array([0, 1, 2] * 4)
    shares = softmax(10 * np.eye(3)[y] / calibration.temperature(10 * np.eye(3)[y], y), axis=1)
    assert 0.9 < shares.max() < 0.97


def test_a_temperature_that_does_not_help_others_is_none():
    scores, y = drawn(4000)
    assert calibration.proven(5 * scores, y) == pytest.approx(5, rel=0.1)
    few, of = drawn(12, seed=1)
    assert calibration.proven(few, of) == 1


@given(st.integers(1, 60), st.floats(0.05, 0.95))
def test_the_margin_is_the_smallest_error_that_promises_enough(n, level):
    margin = calibration.margin(np.arange(n) + 1.0, level)
    rank = n + 1 if math.isinf(margin) else int(margin)
    assert rank >= (n + 1) * level - 1e-6
    assert rank - 1 < (n + 1) * level


def test_coverage_over_many_draws_is_what_the_theorem_says():
    """At least the level, and by less than 1 / (n + 1) more, without ties."""
    draw = np.random.default_rng(0)
    errors = np.abs(draw.standard_cauchy((4000, 20)))
    held = [new <= calibration.margin(of, 0.8) for *of, new in errors.tolist()]
    assert 0.8 - 0.015 < np.mean(held) < 0.8 + 1 / 20 + 0.015


def test_the_calibration_error_of_sure_and_half_right_answers_is_a_half():
    shares = np.tile([1.0, 0.0], (10, 1))
    y = np.arange(10) % 2
    assert calibration.calibration_error(shares, y) == 0.5
    assert calibration.calibration_error(np.full((10, 2), 0.5), y) == 0
    assert calibration.brier(shares, y) == 1.0
    assert calibration.brier(np.eye(2)[y], y) == 0
