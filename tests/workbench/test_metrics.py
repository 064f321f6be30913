"""Figures and their intervals are what their names say."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from nna.data import catalog
from nna.workbench.evaluation import metrics, model_outputs
from nna.workbench.evaluation.metrics import Figure
from nna.workbench.evaluation.results import Results
from nna.workbench.reports import run_report


def test_wilsons_interval_is_the_published_one():
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81 of 263
    figure = metrics.share(81, 263)
    assert (figure.low, figure.high) == (
        pytest.approx(0.2553, abs=1e-4),
        pytest.approx(0.3662, abs=1e-4),
    )


@given(hits=st.integers(0, 50), misses=st.integers(1, 50))
def test_a_share_lies_in_its_interval(hits, misses):
    figure = metrics.share(hits, hits + misses)
    assert 0 <= figure.low <= figure.value <= figure.high <= 1


def test_better_depends_on_the_direction():
    assert Figure(2.0).beats(Figure(1.0))
    assert Figure(1.0, higher_is_better=False).beats(Figure(2.0, higher_is_better=False))
    assert not Figure(1.0).beats(Figure(1.0))


def test_accuracy_counts_hits():
    scores = np.eye(4)[[0, 1, 2, 2]]
    figures = metrics.classification(scores, np.array([0, 1, 2, 3]))
    assert figures["accuracy"].value == 0.75
    assert figures["balanced accuracy"].value == 0.75


def test_regression_is_in_the_targets_units():
    figures = metrics.regression(np.array([1.0, 2.0, 6.0]), np.array([1.0, 2.0, 3.0]))
    assert figures["rmse"].value == pytest.approx(3**0.5)
    assert figures["mae"].value == pytest.approx(1.0)


def test_an_even_guess_among_bytes_costs_eight_bits():
    figures = metrics.language(np.full((4, 10), np.log(256)))
    assert figures["bits per byte"].value == pytest.approx(8.0)


def test_modes_are_counted_where_samples_lie():
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    modes = rng.integers(3, size=600)
    x = centres[modes] + 0.1 * rng.normal(size=(600, 2))
    two = centres[rng.integers(2, size=1000)] + 0.1 * rng.normal(size=(1000, 2))
    two[:100] += 100
    figures = metrics.generation(two, x, modes)
    assert figures["modes"].value == 2
    assert figures["good samples"].value == pytest.approx(0.9, abs=0.01)
    assert metrics.generation(x + 100, x, modes)["two-sample accuracy"].value == 1.0
    same = metrics.generation(x[:300], x[300:], modes[300:])
    assert same["modes"].value == 3
    assert same["two-sample accuracy"].value < 0.6


def test_an_ordered_map_has_no_topographic_error_and_a_shuffled_one_has():
    x = np.random.default_rng(0).uniform(0, 9, size=(300, 1))
    grid = np.stack([np.zeros(10), np.arange(10)], 1)
    ordered = np.arange(10.0)[:, None]
    figures = metrics.mapping(ordered, grid, x)
    assert figures["topographic error"].value == 0
    assert figures["quantisation error"].value == pytest.approx(0.25, abs=0.03)
    shuffled = metrics.mapping(ordered[[0, 5, 1, 6, 2, 7, 3, 8, 4, 9]], grid, x)
    assert shuffled["topographic error"].value > 0.5
    assert shuffled["quantisation error"].value == figures["quantisation error"].value


def test_of_many_classes_the_top_five_are_counted():
    scores = np.tile(np.arange(12.0), (4, 1))  # class 11 first, 7 fifth, 6 sixth
    found = metrics.classification(scores, np.array([11, 7, 6, 0]))
    assert found["accuracy"].value == 0.25
    assert found["top-5 accuracy"].value == 0.5
    assert "top-5 accuracy" not in metrics.classification(scores[:, :10], np.array([9, 1, 2, 3]))


def test_fair_coins_cost_log_two_each_and_a_sure_thing_nothing():
    figures = metrics.density(np.log([0.125, 0.125, 1.0]))
    assert figures["nats"].value == pytest.approx(2 * np.log(2))
    assert not figures["nats"].higher_is_better


def test_a_pattern_is_recalled_only_without_a_wrong_sign():
    patterns = np.array([[1.0, -1.0, 1.0, 1.0], [1.0, 1.0, 1.0, -1.0]])
    given = np.array([[0.2, -3.0, 1.0, 0.5], [0.2, 3.0, -1.0, -0.5]])
    figures = metrics.recall(given, patterns)
    assert figures["recalled"].value == 0.5
    assert figures["overlap"].value == pytest.approx(0.75)


def test_a_figure_that_is_not_measured_is_told_in_words():
    none = metrics.unknown("no picture has a true box")
    assert run_report.cell("AP", none) == "not measured: no picture has a true box"

    def measured(own, rivals):
        return Results(task="detection", test_examples=1, metrics=own, baselines=rivals)

    found = measured({"AP": none}, {"usual box": {"AP": none}})
    assert run_report.headline(found) == "AP not measured: no picture has a true box"
    known = Figure(0.25)
    found = measured({"AP": known}, {"a": {"AP": none}, "b": {"AP": known}})
    assert run_report.headline(found) == "AP 25.0 %; the best baseline, b: 25.0 %"


def test_pictures_are_judged_as_rows_of_their_pixels():
    draw = np.random.default_rng(0)
    samples, x = draw.normal(size=(2, 30, 1, 4, 4))
    flat = (samples.reshape(30, -1), x.reshape(30, -1))
    modes = np.repeat([0, 1], 15)
    assert metrics.generation(samples, x, modes) == metrics.generation(*flat, modes)


def test_classes_of_pictures_are_no_modes_of_what_is_drawn():
    digits, bars, ring = (catalog.load(name) for name in ("digits", "bars", "ring"))
    assert model_outputs.modes(digits) is None
    assert model_outputs.modes(bars) is bars.y
    assert model_outputs.modes(ring) is ring.y
