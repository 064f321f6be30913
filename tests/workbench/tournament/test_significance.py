"""Differences that mean something, and those that don't."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from nna.workbench.tournament.scores import calibration_error, chosen, of_classes
from nna.workbench.tournament.significance import interval, p_value, pairwise


def test_without_overlap_it_is_the_paired_t_test():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0.5, 1, 12), rng.normal(0, 1, 12)
    assert p_value(one, other, 0.0) == pytest.approx(ttest_rel(one, other).pvalue)


def test_overlap_makes_it_more_careful():
    rng = np.random.default_rng(0)
    one, other = rng.normal(1, 1, 5), rng.normal(0, 1, 5)
    assert p_value(one, other, 0.25) > p_value(one, other, 0.0)
    assert interval(one[:1], 0.25) == (-np.inf, np.inf)  # one fold tells of no other
    low, high = interval(one, 0.25)
    assert low < interval(one, 0.0)[0] < one.mean() < high


def test_equals_are_not_told_apart_and_constant_differences_are():
    same = np.array([0.5, 0.6, 0.7])
    assert p_value(same, same, 0.5) == 1.0
    assert p_value(same + 0.25, np.array([0.25, 0.35, 0.45]) + 0.0, 0.5) < 1e-6


def test_many_pairs_raise_the_bar():
    rng = np.random.default_rng(1)
    figures = {name: rng.normal(0, 1, 6) for name in "abcd"}
    figures["e"] = rng.normal(3, 1, 6)
    alone = p_value(figures["a"], figures["e"], 0.2)
    among = pairwise(figures, 0.2)
    assert among["a", "e"] >= alone
    assert len(among) == 10
    assert pairwise({"a": figures["a"]}, 0.2) == {}


@pytest.mark.slow
def test_false_alarms_among_equals_stay_below_the_level():
    """Five folds of overlapping training rows: what the correction is for."""
    rng = np.random.default_rng(2)
    alarms = 0
    for _ in range(40):
        figures = {name: rng.normal(0, 1, 5) for name in "abc"}
        alarms += min(pairwise(figures, 0.25).values()) < 0.05
    assert alarms <= 5


def test_where_one_class_rules_accuracy_does_not_decide():
    assert chosen(np.array([0] * 50 + [1] * 50)).name == "accuracy"
    assert chosen(np.array([0] * 90 + [1] * 10)).name == "balanced accuracy"
    assert chosen(None).name == "rmse"


def test_confidence_that_is_right_as_often_as_it_says_has_no_error():
    y = np.array([0] * 8 + [1] * 2)
    assert calibration_error(np.tile([0.8, 0.2], (10, 1)), y) == pytest.approx(0)
    assert calibration_error(np.tile([1.0, 0.0], (10, 1)), y) == pytest.approx(0.2)
    assert of_classes(np.tile([0.8, 0.2], (10, 1)), y)["accuracy"] == pytest.approx(0.8)
