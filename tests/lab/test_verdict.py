import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nna.lab import verdict
from nna.lab.experiment import Claim, Condition, Experiment, Protocol, Quantity

NUMBERS = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=5, max_size=15)
ANSWERS = st.lists(st.sampled_from([0.0, 1.0]), min_size=5, max_size=40)
RANK = {"refuted": 0, "undecided": 1, "met": 2}


def experiment(*conditions, **changes):
    settings = {
        "title": "",
        "claims": (Claim(row="A", says="", by=(), conditions=conditions),),
        "protocol": Protocol(data="", models="", training="", measured="", quick=""),
        "quantities": {
            "n": Quantity(about="", unit=""),
            "m": Quantity(about="", unit=""),
            "yes": Quantity(about="", unit="", yes_no=True),
        },
        "seeds": 5,
        "minutes": 1,
        "measure": lambda seed, quick: {},
        "figure": lambda columns: None,
    }
    return Experiment(**{**settings, **changes})


def outcome(condition, **columns):
    return verdict.find(condition, experiment(condition), columns).outcome


def verdict_of(*conditions, **columns):
    return verdict.judge(experiment(*conditions), columns)[0].verdict


@settings(deadline=None)
@given(NUMBERS, st.floats(-100, 100), st.randoms())
def test_order_of_the_seeds_does_not_matter(values, bound, random):
    condition = Condition(says="", of="n", at_least=bound)
    shuffled = random.sample(values, len(values))
    one = verdict.find(condition, experiment(condition), {"n": values})
    other = verdict.find(condition, experiment(condition), {"n": shuffled})
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-6)


@settings(deadline=None)
@given(NUMBERS, st.floats(-100, 100), st.floats(0, 100))
def test_higher_numbers_never_speak_against_a_lower_bound(values, bound, rise):
    condition = Condition(says="", of="n", at_least=bound)
    higher = [value + rise for value in values]
    assert RANK[outcome(condition, n=higher)] >= RANK[outcome(condition, n=values)] or (
        # adding can round the last digit of an interval that ends at the bound
        min(abs(np.subtract(verdict.mean_interval(np.array(values)), bound))) < 1e-6
    )


@settings(deadline=None)
@given(NUMBERS, st.floats(-100, 100))
def test_both_directions_agree(values, bound):
    mirrored = [-value for value in values]
    at_least = outcome(Condition(says="", of="n", at_least=bound), n=values)
    assert at_least == outcome(Condition(says="", of="n", at_most=-bound), n=mirrored)


@settings(deadline=None)
@given(NUMBERS)
def test_the_interval_of_a_mean_holds_the_mean(values):
    low, high = verdict.mean_interval(np.array(values))
    assert low - 1e-9 <= np.mean(values) <= high + 1e-9


@settings(deadline=None)
@given(ANSWERS)
def test_the_interval_of_a_rate_holds_the_rate_and_stays_a_rate(values):
    low, high = verdict.rate_interval(np.array(values))
    assert 0 <= low <= np.mean(values) <= high <= 1
    assert low < high


@settings(deadline=None)
@given(ANSWERS)
def test_more_seeds_of_the_same_rate_say_more(values):
    low, high = verdict.rate_interval(np.array(values))
    closer_low, closer_high = verdict.rate_interval(np.array(values * 3))
    assert closer_high - closer_low < high - low


@settings(deadline=None)
@given(NUMBERS, st.floats(-50, 50))
def test_pairs_are_compared_not_means(values, gap):
    """The spread between seeds cancels: a constant gap is decided, however noisy the seeds."""
    condition = Condition(says="", of="n", minus="m", at_least=gap - 1)
    assert outcome(condition, n=[value + gap for value in values], m=values) == "met"


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), max_size=4), st.floats(-100, 100))
def test_fewer_than_five_seeds_decide_nothing(values, bound):
    assert outcome(Condition(says="", of="n", at_least=bound), n=values) == "undecided"


def test_known_intervals():
    """Clopper and Pearson's table for 18 of 20; Student's 2.776 for four degrees of freedom."""
    assert verdict.rate_interval(np.array([1] * 18 + [0] * 2)) == pytest.approx(
        (0.683, 0.988), abs=5e-4
    )
    assert verdict.mean_interval(np.array([1, 2, 3, 4, 5])) == pytest.approx(
        (3 - 2.776 * np.sqrt(2.5 / 5), 3 + 2.776 * np.sqrt(2.5 / 5)), abs=1e-3
    )


def test_an_interval_across_the_bound_is_undecided():
    condition = Condition(says="", of="n", at_least=3.0)
    assert outcome(condition, n=[1, 2, 3, 4, 5]) == "undecided"
    assert outcome(condition, n=[11, 12, 13, 14, 15]) == "met"
    assert outcome(condition, n=[-11, -12, -13, -14, -15]) == "refuted"


@pytest.mark.parametrize(
    ("essential", "limit", "expected"),
    [
        (1, 1, "holds"),
        (1, 0, "holds with limits"),
        (1, None, "holds with limits"),
        (0, 1, "fails"),
        (0, 0, "fails"),
        (None, 1, "undecided"),
        (None, 0, "undecided"),
    ],
)
def test_how_findings_add_up(essential, limit, expected):
    columns = {1: [1.0] * 20, 0: [0.0] * 20, None: [0.0, 1.0] * 10}
    conditions = (
        Condition(says="", of="n", at_least=0.5),
        Condition(says="", of="m", at_least=0.5, limit=True),
    )
    assert verdict_of(*conditions, n=columns[essential], m=columns[limit]) == expected


def test_one_refuted_condition_outweighs_an_undecided_one():
    conditions = (
        Condition(says="", of="n", at_least=0.5),
        Condition(says="", of="m", at_least=0.5),
    )
    assert verdict_of(*conditions, n=[0.0, 1.0] * 10, m=[0.0] * 20) == "fails"


def test_a_rate_of_other_than_yes_and_no_is_refused():
    with pytest.raises(ValueError, match="neither 1 nor 0"):
        outcome(Condition(says="", of="yes", at_least=0.5), yes=[0.5] * 5)


@pytest.mark.parametrize(
    ("conditions", "changes", "message"),
    [
        ((Condition(says="x", of="absent", at_least=1),), {}, "nothing measures"),
        ((Condition(says="x", of="n"),), {}, "needs a bound"),
        ((Condition(says="x", of="n", at_least=1, at_most=2),), {}, "needs a bound"),
        ((Condition(says="x", of="yes", minus="n", at_least=1),), {}, "don't subtract"),
        ((Condition(says="x", of="n", at_least=1, limit=True),), {}, "could refute"),
        ((), {}, "could refute"),
        ((Condition(says="x", of="n", at_least=1),), {"seeds": 4}, "at least 5"),
    ],
)
def test_a_contradictory_declaration_is_refused(conditions, changes, message):
    with pytest.raises(ValueError, match=message):
        experiment(*conditions, **changes)


@settings(deadline=None)
@given(
    yes=st.integers(0, 40),
    no=st.integers(0, 40),
    values=st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20),
)
def test_intervals_are_those_of_scipy(yes, no, values):
    from scipy import stats

    if yes + no:
        own = verdict.rate_interval(np.array([1.0] * yes + [0.0] * no))
        assert own == pytest.approx(stats.binomtest(yes, yes + no).proportion_ci(0.95, "exact"))
    if np.ptp(values) > 1e-3:
        own = verdict.mean_interval(np.array(values))
        expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert own == pytest.approx(tuple(expected), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("unit", "minus", "said"),
    [
        ("%", None, "%"),
        ("%", "m", "points"),
        ("% of the cases", "m", "points of the cases"),
        ("epochs", "m", "epochs"),
    ],
)
def test_a_difference_of_shares_is_in_points(unit, minus, said):
    condition = Condition(says="", of="n", minus=minus, at_least=0)
    quantities = dict.fromkeys("nm", Quantity(about="", unit=unit))
    assert experiment(condition, quantities=quantities).unit(condition) == said
