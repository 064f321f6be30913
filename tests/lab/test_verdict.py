from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nna import intervals
from nna.lab import catalog, criteria, record, verdict
from nna.lab.experiment import (
    Censored,
    Claim,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
    ratio,
)
from nna.lab.record import Evidence, Record

NUMBERS = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=10, max_size=20)
ANSWERS = st.lists(st.sampled_from([0.0, 1.0]), min_size=40, max_size=60)
RANK = {"refuted": 0, "smaller": 1, "undecided": 1, "met": 2}
SECOND = ("bed", "budget")


def experiment(*conditions, **changes):
    settings = {
        "title": "",
        "scope": "on numbers",
        "claims": (Claim(row="A", says="", by=(), conditions=conditions),),
        "protocol": Protocol(data="", models="", training="", measured="", quick=""),
        "quantities": {
            "n": Quantity(about="", unit=""),
            "m": Quantity(about="", unit=""),
            "count": Quantity(about="", unit="", step=1),
            "exact": Quantity(about="", unit="", exact=True),
            "yes": Quantity(about="", unit="", yes_no=True),
        },
        "seeds": 40,
        "minutes": 1,
        "measure": lambda seed, quick: {},
        "figure": lambda columns: None,
        "elsewhere": {
            part: Elsewhere(scope=f"on the {part}", measure=lambda seed, quick: {})
            for part in SECOND
        },
    }
    return Experiment(**{**settings, **changes})


def kept_as(described, part, columns, censored=None, **changes):
    """The record of a part with these columns, its criterion declared beforehand."""
    start = record.FRESH if part == "confirmation" else 0
    many = len(next(iter(columns.values())))
    of = {name: columns.get(name, [0.0] * many) for name in described.quantities}
    fields = {
        "measured": {start + k: {name: of[name][k] for name in of} for k in range(many)},
        "censored": {start + k: flags for k, flags in (censored or {}).items()},
        "criteria": criteria.declared({}, described, 0, ""),
        "looks": (many,),
        "asked": many,
        "start": start,
    }
    return Record(experiment="", quick=False, versions={}, part=part, **(fields | changes))


JUDGED = {}


@pytest.fixture(autouse=True)
def _named(monkeypatch):
    """Records ask for their experiment by name; here it is the one last judged."""
    monkeypatch.setattr(catalog, "describe", lambda name: JUDGED["experiment"])


def to_judge(*conditions, **changes):
    JUDGED["experiment"] = experiment(*conditions, **changes)
    return JUDGED["experiment"]


def estimate(condition, columns, censored=None, **changes):
    one = to_judge(condition, **changes)
    return verdict.estimate(condition, one, kept_as(one, "first", columns, censored))


def outcome(condition, **columns):
    return estimate(condition, columns).outcome


def judged(*conditions, parts=None, changed=None, censored=None, **columns):
    """The judgement where every part says what these columns say, unless `parts` says otherwise."""
    one = to_judge(*conditions, **(changed or {}))
    said = {part: columns for part in record.PARTS} | (parts or {})
    kept = {part: kept_as(one, part, of, censored) for part, of in said.items() if of is not None}
    others: dict[record.Part, record.Record] = {
        part: kept[part] for part in record.PARTS if part != "first" and part in kept
    }
    return verdict.judge(one, Evidence(first=kept["first"], others=others))[0]


def verdict_of(*conditions, **columns):
    return judged(*conditions, **columns).verdict


def around(value, many=20):
    """Numbers close to a value, none the same."""
    return [value + 0.001 * k for k in range(-many // 2, many // 2)]


@settings(deadline=None)
@given(NUMBERS, st.floats(-100, 100), st.randoms())
def test_order_of_the_seeds_does_not_matter(values, bound, random):
    condition = Condition(says="", of="n", at_least=bound)
    shuffled = random.sample(values, len(values))
    one, other = (estimate(condition, {"n": of}) for of in (values, shuffled))
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-6)


@settings(deadline=None)
@given(NUMBERS, st.floats(-100, 100), st.floats(0, 100))
def test_higher_numbers_never_speak_against_a_lower_bound(values, bound, rise):
    condition = Condition(says="", of="n", at_least=bound)
    higher = [value + rise for value in values]
    assert RANK[outcome(condition, n=higher)] >= RANK[outcome(condition, n=values)] or (
        # adding can round the last digit of an interval that ends at the bound
        min(abs(np.subtract(intervals.mean_interval(np.array(values)), bound))) < 1e-6
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
    low, high = intervals.mean_interval(np.array(values))
    assert low - 1e-9 <= np.mean(values) <= high + 1e-9


@settings(deadline=None)
@given(ANSWERS)
def test_the_interval_of_a_rate_holds_the_rate_and_stays_a_rate(values):
    low, high = intervals.rate_interval(np.array(values))
    assert 0 <= low <= np.mean(values) <= high <= 1
    assert low < high


@settings(deadline=None)
@given(ANSWERS)
def test_more_seeds_of_the_same_rate_say_more(values):
    low, high = intervals.rate_interval(np.array(values))
    closer_low, closer_high = intervals.rate_interval(np.array(values * 3))
    assert closer_high - closer_low < high - low


@settings(deadline=None)
@given(NUMBERS, st.floats(-50, 50))
def test_pairs_are_compared_not_means(values, gap):
    """The spread between seeds cancels: a constant gap is decided, however noisy the seeds."""
    condition = Condition(says="", of="count", minus="m", at_least=gap - 1)
    assert outcome(condition, count=[value + gap for value in values], m=values) == "met"


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=9), st.floats(-100, 100))
def test_fewer_than_ten_seeds_decide_nothing(values, bound):
    assert outcome(Condition(says="", of="n", at_least=bound), n=values) == "undecided"


@settings(deadline=None)
@given(st.integers(1, 39), st.floats(0, 1))
def test_nor_do_fewer_than_forty_answers(many, bound):
    assert outcome(Condition(says="", of="yes", at_least=bound), yes=[1.0] * many) == "undecided"


@settings(deadline=None)
@given(
    st.lists(st.integers(-9, 9).map(float), min_size=2, max_size=30),
    st.floats(0.01, 10),
    st.floats(0, 1),
)
def test_no_interval_has_a_width_of_zero_unless_nothing_could_differ(values, step, tested):
    """Identical counts are no certainty; the floor is of the measure's own resolution."""
    same = np.full(len(values), values[0])
    low, high = intervals.mean_interval(same, tested=tested, step=step)
    assert high - low > 0
    unseen = intervals.rate_interval(np.zeros(len(values)))[1]  # of a step that no run took
    assert high - low >= 2 * step * unseen - 1e-9
    wide_low, wide_high = intervals.mean_interval(np.array(values), tested=tested, step=step)
    plain_low, plain_high = intervals.mean_interval(np.array(values))
    wide, plain = wide_high - wide_low, plain_high - plain_low
    assert wide >= max(plain, high - low) - 1e-9
    for name, expected in (("n", np.inf), ("exact", 0.0)):
        found = estimate(Condition(says="", of=name, at_least=0), {name: [*same] * 10})
        assert found.high - found.low == expected


@settings(deadline=None)
@given(NUMBERS, st.floats(0.01, 2))
def test_redrawn_splits_widen_an_interval_by_the_comparisons_correction(values, tested):
    from nna.workbench.comparison import significance

    if intervals.alike(np.array(values)):
        return
    own = intervals.mean_interval(np.array(values), tested=tested)
    assert own == pytest.approx(significance.interval(np.array(values), tested))
    plain = intervals.mean_interval(np.array(values))
    assert own[0] < plain[0] <= plain[1] < own[1]


@settings(deadline=None)
@given(NUMBERS, st.integers(1, 12), st.integers(1, 5))
def test_more_comparisons_and_more_looks_widen_an_interval(values, family, looks):
    if intervals.alike(np.array(values)):
        return
    conditions = [Condition(says="", of="n", at_least=k) for k in range(family)]
    same = experiment(*conditions)  # one quantity, whatever its bounds
    assert verdict.level(same, 1) == pytest.approx(0.95)
    names = [f"q{k}" for k in range(family)]
    many = experiment(
        *(Condition(says="", of=name, at_least=0) for name in names),
        quantities={name: Quantity(about="", unit="") for name in names},
    )
    missed = [1 - verdict.level(many, look) for look in range(1, looks + 1)]
    assert missed[0] * family == pytest.approx(0.05)
    assert sum(missed) * family <= 0.1
    assert all(later < sooner for sooner, later in pairwise(missed))


def test_known_intervals():
    """Clopper and Pearson's table for 18 of 20; Student's 2.776 for four degrees of freedom."""
    assert intervals.rate_interval(np.array([1] * 18 + [0] * 2)) == pytest.approx(
        (0.683, 0.988), abs=5e-4
    )
    assert intervals.mean_interval(np.array([1, 2, 3, 4, 5])) == pytest.approx(
        (3 - 2.776 * np.sqrt(2.5 / 5), 3 + 2.776 * np.sqrt(2.5 / 5)), abs=1e-3
    )


def test_an_interval_across_the_bound_is_undecided():
    condition = Condition(says="", of="n", at_least=3.0)
    assert outcome(condition, n=[*range(-2, 8)]) == "undecided"
    assert outcome(condition, n=[*range(11, 21)]) == "met"
    assert outcome(condition, n=[*range(-21, -11)]) == "refuted"


@pytest.mark.parametrize(("at", "expected"), [(2, "met"), (0.5, "smaller"), (-1, "refuted")])
def test_an_effect_short_of_the_bound_is_smaller_than_claimed(at, expected):
    condition = Condition(says="", of="n", at_least=1, no_effect=0)
    mirrored = Condition(says="", of="n", at_most=-1, no_effect=0)
    assert outcome(condition, n=around(at)) == expected
    assert outcome(mirrored, n=[-value for value in around(at)]) == expected
    said = {"met": "holds", "smaller": "smaller than claimed", "refuted": "fails"}
    assert verdict_of(condition, n=around(at)) == said[expected]


@settings(deadline=None)
@given(NUMBERS, st.floats(-100, 100), st.floats(0.01, 50))
def test_smaller_than_claimed_is_beyond_no_effect_and_short_of_the_bound(values, none, more):
    condition = Condition(says="", of="n", at_least=none + more, no_effect=none)
    found = estimate(condition, {"n": values})
    if found.outcome == "smaller":
        assert none < found.low <= found.high < none + more
    without = outcome(Condition(says="", of="n", at_least=none + more), n=values)
    assert without == {"smaller": "refuted"}.get(found.outcome, found.outcome)


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
    columns = {1: around(1), 0: around(0), None: [0.0, 1.0] * 10}
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
    assert verdict_of(*conditions, n=[0.0, 1.0] * 10, m=around(0)) == "fails"


GOOD, BAD, OPEN = {"n": around(1)}, {"n": around(-1)}, {"n": [-2.0, 2.0] * 10}


@pytest.mark.parametrize(
    ("parts", "expected", "why"),
    [
        ({"first": GOOD, "confirmation": GOOD, "bed": None, "budget": None}, "holds", ""),
        ({"first": GOOD, "confirmation": None}, "undecided", "not confirmed"),
        ({"first": GOOD, "confirmation": OPEN}, "undecided", "differ"),
        ({"first": GOOD, "confirmation": BAD}, "undecided", "differ"),
        ({"first": OPEN, "confirmation": OPEN}, "undecided", "the interval holds the bound"),
        ({"first": BAD, "confirmation": BAD, "bed": None}, "undecided", "bed is not measured"),
        ({"first": BAD, "confirmation": BAD, "budget": None}, "undecided", "budget is not meas"),
        ({"first": BAD, "confirmation": BAD, "bed": BAD, "budget": BAD}, "fails", ""),
        (
            {"first": BAD, "confirmation": BAD, "bed": GOOD, "budget": BAD},
            "holds with limits",
            "only on the bed",
        ),
        (
            {"first": BAD, "confirmation": BAD, "bed": OPEN, "budget": BAD},
            "undecided",
            "not on the bed",
        ),
        (
            {"first": GOOD, "confirmation": GOOD, "bed": BAD, "budget": GOOD},
            "holds with limits",
            "not on the bed",
        ),
    ],
)
def test_how_parts_add_up(parts, expected, why):
    found = judged(Condition(says="", of="n", at_least=0), parts=parts, **GOOD)
    assert (found.verdict, why in found.why) == (expected, True)
    assert found.headline.startswith(f"{expected} on numbers")


def test_nothing_fails_without_a_second_bed_declared():
    condition = Condition(says="", of="n", at_least=0)
    for missing in SECOND:
        others = {part: e for part, e in experiment(condition).elsewhere.items() if part != missing}
        found = judged(condition, changed={"elsewhere": others}, **BAD)
        assert found.verdict == "undecided"
        assert f"no {verdict.SECOND[missing]}" in found.why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"criteria": {}}, "changed after the confirmation"),
        ({"measured": {}, "start": 0}, "0 of 20 fresh seeds"),
        ({"asked": 30}, "20 of 30 fresh seeds"),
    ],
)
def test_a_confirmation_that_is_none_confirms_nothing(changes, why):
    condition = Condition(says="", of="n", at_least=0)
    one = to_judge(condition)
    fresh = kept_as(one, "confirmation", GOOD, **changes)
    first = kept_as(one, "first", GOOD)
    (found,) = verdict.judge(one, Evidence(first=first, others={"confirmation": fresh}))
    assert found.verdict == "undecided"
    assert why in found.why


def test_seeds_that_were_looked_at_confirm_nothing():
    one = to_judge(Condition(says="", of="n", at_least=0))
    first = kept_as(one, "first", GOOD)
    (found,) = verdict.judge(one, Evidence(first=first, others={"confirmation": first}))
    assert "looked at" in found.why


@pytest.mark.parametrize(
    ("side", "bound", "values", "expected"),
    [
        ("above", {"at_least": 0}, GOOD, "met"),  # the true number lies further on that side
        ("below", {"at_least": 0}, GOOD, "undecided"),
        ("unknown", {"at_least": 0}, GOOD, "met"),  # the same without these runs
        ("above", {"at_most": 2}, GOOD, "undecided"),
        ("below", {"at_most": 2}, GOOD, "met"),
        ("above", {"at_most": 0}, GOOD, "refuted"),
        ("below", {"at_most": 0}, GOOD, "undecided"),
    ],
)
def test_runs_that_broke_off_decide_only_where_they_cannot_overturn(side, bound, values, expected):
    condition = Condition(says="", of="n", **bound)
    flags = {3: {"n": (side, "the cap")}}
    found = estimate(condition, values, flags)
    assert (found.outcome, found.censored) == (expected, 1)
    turned = Condition(says="", of="m", minus="n", **bound)
    swapped = {"above": "below", "below": "above", "unknown": "unknown"}[side]
    minus = {"m": [0.0] * 20, "n": [-value for value in values["n"]]}
    assert estimate(turned, minus, {3: {"n": (swapped, "the cap")}}).outcome == expected


def test_a_verdict_that_rests_on_runs_that_diverged_is_none():
    values = {"n": [*around(1, 18), 900.0, 900.0]}
    condition = Condition(says="", of="n", at_most=2)
    calm = {"n": [*around(1, 18), 1.1, 1.2]}
    flags = {18: {"n": ("unknown", "diverged")}, 19: {"n": ("unknown", "diverged")}}
    assert estimate(condition, calm, flags).outcome == "met"
    assert estimate(condition, values, flags).outcome == "undecided"
    found = judged(
        Condition(says="", of="n", at_least=0.5), censored={2: {"n": ("below", "")}}, **GOOD
    )
    assert "broke off" in found.why


def test_a_rate_of_other_than_yes_and_no_is_refused():
    with pytest.raises(ValueError, match="neither 1 nor 0"):
        outcome(Condition(says="", of="yes", at_least=0.5), yes=[0.5] * 40)


@pytest.mark.parametrize(
    ("conditions", "changes", "message"),
    [
        ((Condition(says="x", of="absent", at_least=1),), {}, "nothing measures"),
        ((Condition(says="x", of="n"),), {}, "needs a bound"),
        ((Condition(says="x", of="n", at_least=1, at_most=2),), {}, "needs a bound"),
        ((Condition(says="x", of="yes", minus="n", at_least=1),), {}, "don't subtract"),
        ((Condition(says="x", of="n", at_least=1, limit=True),), {}, "could refute"),
        ((), {}, "could refute"),
        ((Condition(says="x", of="n", at_least=1),), {"seeds": 9}, "at least 10"),
        ((Condition(says="x", of="yes", at_least=1),), {"seeds": 39}, "at least 40"),
        ((Condition(says="x", of="n", at_least=1, no_effect=1),), {}, "beyond the bound"),
        ((Condition(says="x", of="n", at_most=1, no_effect=0),), {}, "beyond the bound"),
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
        own = intervals.rate_interval(np.array([1.0] * yes + [0.0] * no))
        assert own == pytest.approx(stats.binomtest(yes, yes + no).proportion_ci(0.95, "exact"))
    if np.ptp(values) > 1e-3:
        own = intervals.mean_interval(np.array(values))
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


@pytest.mark.parametrize(
    ("over", "under", "side"),
    [
        (6.0, 2.0, None),
        (Censored(6, "cap", "above"), 2.0, "above"),
        (6.0, Censored(2, "cap", "above"), "below"),
        (Censored(6, "cap", "below"), Censored(2, "cap", "above"), "below"),
        (Censored(6, "cap", "above"), Censored(2, "cap", "above"), "unknown"),
        (6.0, Censored(2, "it diverged"), "unknown"),
    ],
)
def test_a_ratio_lies_where_the_true_one_can(over, under, side):
    found = ratio(over, under)
    assert found == 3
    assert getattr(found, "side", None) == side
