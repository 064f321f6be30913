"""Differences that mean something, and those that don't."""

import numpy as np
import pytest
from scipy.stats import binom, ttest_rel

from nna.workbench.comparison.scores import calibration_error, chosen, of_classes
from nna.workbench.comparison.significance import LEVEL, drawn, interval, p_value, pairwise


def test_without_overlap_it_is_the_paired_t_test():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0.5, 1, 12), rng.normal(0, 1, 12)
    assert p_value(one, other, 0.0) == pytest.approx(ttest_rel(one, other).pvalue)


def test_overlap_makes_it_more_careful():
    rng = np.random.default_rng(0)
    one, other = rng.normal(1, 1, 5), rng.normal(0, 1, 5)
    assert p_value(one, other, 0.25) > p_value(one, other, 0.0)
    low, high = interval(one, 0.25)
    assert low < interval(one, 0.0)[0] < one.mean() < high


@pytest.mark.parametrize("folds", [1, 2, 3, 4])
def test_fewer_than_five_folds_tell_nothing(folds):
    one = np.arange(folds) + 1.0
    assert interval(one, 1 / folds) is None
    assert p_value(one, one - 5, 1 / folds) is None
    assert pairwise({"a": one, "b": one - 5}, 1 / folds) == {}


def test_equal_gaps_are_no_certainty():
    same = np.array([0.5, 0.6, 0.7, 0.6, 0.5])
    assert p_value(same, same, 0.25) == 1
    assert p_value(same + 0.25, same, 0.25) == 1  # nothing says how much a fold's gap may vary
    assert interval(np.full(5, 0.9), 0.25) is None
    right = [np.array([1.0, 1, 1, 0, 0, 0])] * 5
    left = [np.array([0.0, 1, 1, 0, 0, 0])] * 5  # one row of six, the same gap in every fold
    found = pairwise(
        {"a": np.full(5, 3 / 6), "b": np.full(5, 2 / 6)}, 0.25, {"a": right, "b": left}
    )
    assert found["a", "b"] > 0.05  # a sign test of the five rows: 1 in 16


def test_all_right_and_all_wrong_are_told_apart():
    every, none = [np.ones(20)] * 5, [np.zeros(20)] * 5
    found = pairwise({"a": np.ones(5), "b": np.zeros(5)}, 0.25, {"a": every, "b": none})
    assert found["a", "b"] < 0.01


def test_many_pairs_raise_the_bar():
    rng = np.random.default_rng(1)
    figures = {name: rng.normal(0, 1, 6) for name in "abcd"}
    figures["e"] = rng.normal(3, 1, 6)
    alone = p_value(figures["a"], figures["e"], 0.2)
    among = pairwise(figures, 0.2)
    assert among["a", "e"] >= alone
    assert len(among) == 10
    assert pairwise({"a": figures["a"]}, 0.2) == {}


def equals(rng, rows: int, folds: int, candidates: int, apart: float):
    """A comparison by cross-validation of learners that are alike: each has columns of its own.

    Returns whether each candidate was right on each row, and the fold that tested the row.
    """
    y, fold = np.arange(rows) % 2, np.arange(rows) // 2 % folds
    x = rng.normal(size=(candidates, rows, 3)) + apart * (2 * y - 1)[:, None] / np.sqrt(3)
    right = np.zeros((candidates, rows))
    for at in range(folds):
        learnt, asked = fold != at, fold == at
        one, zero = (x[:, learnt & (y == k)].mean(1, keepdims=True) for k in (1, 0))
        side = ((x[:, asked] - (one + zero) / 2) * (one - zero)).sum(2)
        right[:, asked] = (side > 0) == (y[asked] == 1)
    return right, fold


def held(right, fold):
    """Figures and what rows add to them, as a comparison has them."""
    parts = {
        str(name): [of[fold == at] for at in range(fold.max() + 1)] for name, of in enumerate(right)
    }
    return {name: np.array([rows.mean() for rows in of]) for name, of in parts.items()}, parts


@pytest.mark.parametrize(("folds", "rows"), [(5, 20), (5, 100), (10, 60)])
def test_contests_of_equals_tell_some_pair_apart_in_a_twentieth_at_most(folds, rows):
    """Family-wise, over the 21 pairs of seven candidates; the bound is one in a thousand's."""
    rng, draws = np.random.default_rng(rows), 50
    for apart in (0.0, 1.0, 2.0):
        alarms = 0
        for _ in range(draws):
            figures, parts = held(*equals(rng, rows, folds, 7, apart))
            alarms += min(pairwise(figures, 1 / (folds - 1), parts).values()) < 1 - LEVEL
        assert alarms <= binom.ppf(0.999, draws, 1 - LEVEL)


def test_without_what_rows_add_five_folds_are_the_fewest_that_tell_equals_so_rarely_apart():
    """What the bound on the folds rests on: figures alone, of a measure that is no mean of rows."""
    rng, draws, alarms = np.random.default_rng(0), 150, 0
    for _ in range(draws):
        figures, _ = held(*equals(rng, 300, 5, 5, 1.0))
        alarms += min(pairwise(figures, 1 / 4).values()) < 1 - LEVEL
    assert alarms <= binom.ppf(0.999, draws, 1 - LEVEL)


def test_those_who_differ_are_told_apart():
    rng = np.random.default_rng(0)
    figures, parts = held(*equals(rng, 300, 5, 3, 1.0))
    better, of_better = held(*equals(rng, 300, 5, 1, 3.0))
    found = pairwise(figures | {"b": better["0"]}, 1 / 4, parts | {"b": of_better["0"]})
    assert max(p for pair, p in found.items() if "b" in pair) < 0.05


@pytest.mark.parametrize("rows", [20, 60, 300])
def test_the_interval_of_a_contender_holds_its_mean(rows):
    """The truth: what such a learner reaches on average, over many drawn data."""
    rng, found = np.random.default_rng(rows), []
    for _ in range(300):
        figures, parts = held(*equals(rng, rows, 5, 1, 1.0))
        found.append(
            (figures["0"].mean(), interval(figures["0"], 1 / 4, drawn(parts["0"], (0, 1))))
        )
    truth = np.mean([mean for mean, _ in found])
    inside = [low <= truth <= high for _, (low, high) in found]
    assert np.mean(inside) >= binom.ppf(0.001, 300, LEVEL) / 300


def test_where_one_class_rules_accuracy_does_not_decide():
    assert chosen(np.array([0] * 50 + [1] * 50)).name == "accuracy"
    assert chosen(np.array([0] * 90 + [1] * 10)).name == "balanced accuracy"
    assert chosen(None).name == "rmse"


def test_confidence_that_is_right_as_often_as_it_says_has_no_error():
    y = np.array([0] * 8 + [1] * 2)
    assert calibration_error(np.tile([0.8, 0.2], (10, 1)), y) == pytest.approx(0)
    assert calibration_error(np.tile([1.0, 0.0], (10, 1)), y) == pytest.approx(0.2)
    assert of_classes(np.tile([0.8, 0.2], (10, 1)), y)["accuracy"] == pytest.approx(0.8)
