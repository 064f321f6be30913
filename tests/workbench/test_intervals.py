"""Every interval holds the truth as often as docs/statistics.md says, by simulation or by sums."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.optimize import brentq
from scipy.stats import binom, skew, t
from statsmodels.stats.proportion import proportion_confint

from nna.lab import verdict
from nna.workbench.evaluation import intervals, metrics, uncertainty
from nna.workbench.evaluation.uncertainty import Calibration
from nna.workbench.recommendation import protocol

DRAWS = 1500


def bound(level: float, draws: int = DRAWS) -> float:
    """The least share of draws that is no surprise (one in a thousand) where `level` holds."""
    return float(binom.ppf(0.001, draws, level)) / draws


# --- shares ----------------------------------------------------------------------------------


@given(hits=st.integers(0, 500), misses=st.integers(0, 500))
def test_wilsons_interval_is_that_of_statsmodels(hits, misses):
    if hits + misses == 0:
        assert metrics.share(0, 0).why
        return
    figure = metrics.share(hits, hits + misses)
    expected = proportion_confint(hits, hits + misses, method="wilson")
    assert (figure.low, figure.high) == pytest.approx(expected, abs=1e-12)
    assert 0 <= figure.low <= figure.value <= figure.high <= 1
    other = metrics.share(misses, hits + misses)
    assert (1 - other.high, 1 - other.low) == pytest.approx((figure.low, figure.high))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10, 30, 100, 1000])
def test_wilsons_interval_holds_95_per_cent_on_average_over_shares(n):
    shares, hits = np.linspace(0.0005, 0.9995, 1000), np.arange(n + 1)
    ends = np.array([(f.low, f.high) for f in (metrics.share(int(k), n) for k in hits)])
    inside = (ends[:, :1] <= shares) & (shares <= ends[:, 1:])
    held = (binom.pmf(hits[:, None], n, shares) * inside).sum(0)
    assert 0.945 < held.mean() < 0.97
    assert held.min() > 0.79  # a single row, of which the share is all but sure


@pytest.mark.parametrize("n", [5, 10, 25])
def test_clopper_and_pearsons_interval_never_holds_less(n):
    """The laboratory's rates: exact, however few the seeds."""
    shares, hits = np.linspace(0.001, 0.999, 999), np.arange(n + 1)
    ends = np.array([verdict.rate_interval(np.repeat([1.0, 0.0], [k, n - k])) for k in hits])
    np.testing.assert_allclose(ends.T, proportion_confint(hits, n, method="beta"), atol=1e-9)
    inside = (ends[:, :1] <= shares) & (shares <= ends[:, 1:])
    assert (binom.pmf(hits[:, None], n, shares) * inside).sum(0).min() >= 0.95


def test_the_laboratorys_means_hold_what_they_say_of_five_seeds():
    draw = np.random.default_rng(0)
    ends = [verdict.mean_interval(draw.normal(2, 3, 5)) for _ in range(DRAWS)]
    assert np.mean([low <= 2 <= high for low, high in ends]) >= bound(0.95)


# --- means -----------------------------------------------------------------------------------


def hall(values: np.ndarray) -> tuple[float, float]:
    """Hall's interval by solving his cubic with a root finder."""
    n, g, spread = len(values), skew(values), values.std(ddof=1)

    def turned(w: float) -> float:
        return math.sqrt(n) * (w + g * w**2 / 3 + g**2 * w**3 / 27 + g / (6 * n))

    reach = t.ppf(0.975, n - 1)
    low, high = (brentq(lambda w, z=z: turned(w) - z, -1e4, 1e4) for z in (reach, -reach))
    return values.mean() - spread * low, values.mean() - spread * high


@given(st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 2)), min_size=10, max_size=40))
def test_the_interval_of_a_mean_is_halls_and_holds_its_own_figure(values):
    values = np.array(values)
    figure = metrics.mean(values)
    assert figure.value == pytest.approx(values.mean(), abs=1e-9)
    if np.ptp(values) < 0.1:
        return
    assert figure.low <= figure.value <= figure.high
    assert (figure.low, figure.high) == pytest.approx(hall(values), rel=1e-5, abs=1e-5)


KINDS = {
    "normal": (lambda draw, n: draw.normal(0, 1, n), 0.0, 0.94),
    "absolute errors": (lambda draw, n: abs(draw.normal(0, 1, n)), math.sqrt(2 / math.pi), 0.94),
    "exponential": (lambda draw, n: draw.exponential(1, n), 1.0, 0.93),
    "squared errors": (lambda draw, n: draw.normal(0, 1, n) ** 2, 1.0, 0.92),
    "shares of a window": (lambda draw, n: draw.binomial(4, 0.8, n) / 4, 0.8, 0.93),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [10, 20, 50])
def test_means_hold_what_is_stated_from_ten_rows_on(kind, n):
    make, truth, stated = KINDS[kind]
    draw = np.random.default_rng(n)
    found = [intervals.ends(make(draw, n)) for _ in range(DRAWS)]
    held = np.mean([one is not None and one[0] <= truth <= one[1] for one in found])
    assert held >= bound(stated)


def test_offsets_change_nothing_and_roots_are_taken_of_the_ends():
    values = np.random.default_rng(0).exponential(size=30)
    plain, far = metrics.mean(values), metrics.mean(values + 1.7e9)
    assert (far.low - 1.7e9, far.high - 1.7e9) == pytest.approx((plain.low, plain.high), abs=1e-5)
    root = metrics.mean(values, np.sqrt)
    assert (root.value, root.low, root.high) == pytest.approx(
        tuple(np.sqrt([plain.value, plain.low, plain.high]))
    )


@pytest.mark.parametrize(
    "values",
    [[], [3.0], [1.0, 2.0], np.arange(9.0), np.ones(50), np.full(20, 0.1), [0, *[1e-200] * 20]],
)
def test_of_few_or_of_equal_values_there_is_no_interval(values):
    figure = metrics.mean(np.array(values))
    assert (figure.low, figure.high) == (None, None)
    assert (figure.value is None) == (len(values) == 0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_not_measured_and_says_so(bad):
    figure = metrics.mean(np.array([1.0, bad, *np.arange(20)]))
    assert (figure.value, figure.low, figure.why) == (None, None, "it isn't finite")
    assert figure.to_json()["why"] == "it isn't finite"
    assert "why" not in metrics.mean(np.arange(20.0)).to_json()
    assert not figure.beats(metrics.mean(np.arange(3.0)))
    assert not metrics.mean(np.arange(3.0)).beats(figure)


def test_a_mean_squared_error_has_no_end_below_zero():
    figure = metrics.mean(np.r_[np.zeros(9), 1e6], np.sqrt, bounds=(0, np.inf))
    assert 0 <= figure.low <= figure.value <= figure.high


# --- pictures --------------------------------------------------------------------------------


def confusions(draw: np.random.Generator, n: int) -> np.ndarray:
    """Of 100 pixels in three classes, shared out differently in every picture."""
    true = np.stack([draw.multinomial(100, share) for share in draw.dirichlet((4, 2, 1), n)])
    given = np.array([[0.9, 0.05, 0.05], [0.15, 0.8, 0.05], [0.2, 0.2, 0.6]])
    return np.stack(
        [[draw.multinomial(c, p) for c, p in zip(of, given, strict=True)] for of in true]
    )


def test_intervals_over_pictures_hold_nine_in_ten_from_ten_on_and_their_own_figure():
    draw = np.random.default_rng(0)
    truth = confusions(draw, 20_000).sum(0)
    right = np.trace(truth) / truth.sum()
    expected = {"mean IoU": metrics.iou(truth).mean(), "pixel accuracy": right}
    held = {name: [] for name in expected}
    for _ in range(400):
        figures = metrics.segmentation(confusions(draw, 15))
        for name, of in figures.items():
            assert of.low <= of.value <= of.high
            held[name].append(of.low <= expected[name] <= of.high)
    assert min(map(np.mean, held.values())) >= bound(0.92, 400)


def test_a_class_that_few_pictures_show_leaves_mean_iou_without_an_interval():
    few = confusions(np.random.default_rng(0), 20)
    few[3:, 2], few[3:, :, 2] = 0, 0
    figures = metrics.segmentation(few)
    assert figures["mean IoU"].low is None
    assert figures["pixel accuracy"].low is not None


# --- tables of a family ----------------------------------------------------------------------


@pytest.mark.parametrize("shared", [1.0, 0.5])
def test_seeds_that_share_rows_are_no_further_rows(shared):
    """Accuracy of three seeds on 300 of few rows, or all the same ones: by one seed's number."""
    draw, held = np.random.default_rng(0), 0
    for _ in range(600):
        chance = draw.beta(9, 1, size=int(300 / shared))  # of each row to be told rightly: mean 0.9
        trainings = []
        for seed in range(3):
            rows = draw.permutation(len(chance))[:300]
            right = int((draw.random(300) < chance[rows]).sum())
            trainings.append({"id": "a", "seed": seed, "right": right, "tested": 300} | SIZE)
        (row,) = protocol.rows(trainings, None)
        held += row["low"] <= 0.9 <= row["high"]
    assert held / 600 >= bound(0.95, 600)


SIZE = {"params": 1, "macs": 1}


# --- single answers --------------------------------------------------------------------------


def test_how_strange_an_example_is_is_a_valid_probability():
    """Of rows drawn alike, at most a share p is at most p as strange."""
    draw = np.random.default_rng(0)
    found = []
    for _ in range(DRAWS):
        *seen, new = draw.standard_cauchy(30)
        found.append(uncertainty.as_strange(Calibration(usualness=tuple(seen)), new))
    for p in (0.1, 0.2, 0.5):
        assert np.mean(np.array(found) <= p + 1e-4) <= 1 - bound(1 - p)


# --- many rows -------------------------------------------------------------------------------


def test_memory_is_bounded_by_the_rows():
    n, draw = 300_000, np.random.default_rng(0)
    y, values = draw.integers(3, size=n), draw.normal(size=n)
    scores = draw.random((n, 3), dtype=np.float32)
    for measured in (
        lambda: metrics.classification(scores, y),
        lambda: metrics.regression(values, values[::-1]),
        lambda: metrics.mapping(values[:50, None], np.arange(50)[:, None], values[:, None]),
    ):
        tracemalloc.start()
        measured()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 150 * n  # bytes
