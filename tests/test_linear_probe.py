"""The task of judging a code by few labels: what a probe sees, and what it can't."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nna import tasks
from nna.data import catalog
from nna.tasks.linear_probe import LABEL, probed

TASK = tasks.get("linear-probe")


def heaps(seed, apart, classes=3, rows=60):
    rng = np.random.default_rng(seed)
    labels = np.arange(rows) % classes
    return rng.normal(size=(rows, 6)) + apart * np.eye(6)[labels], labels


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999))
def test_classes_far_apart_are_all_named_right_and_noise_by_chance(seed):
    assert probed(*heaps(seed, 30.0)).mean() == 1
    assert probed(*heaps(seed, 0.0)).mean() == pytest.approx(1 / 3, abs=0.2)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999))
def test_scale_and_shift_of_every_number_do_not_matter(seed):
    code, labels = heaps(seed, 1.0)
    rng = np.random.default_rng(seed)
    moved = code * rng.uniform(0.1, 9, 6) + rng.normal(size=6)
    np.testing.assert_array_equal(probed(moved, labels), probed(code, labels))


def test_names_of_classes_do_not_matter_and_five_labels_leave_the_rest_to_be_named():
    code, labels = heaps(0, 2.0)
    np.testing.assert_array_equal(probed(code, 3 * labels + 2), probed(code, labels))
    few = np.array([0] * 6 + [4] * 6)
    assert len(probed(heaps(1, 1.0, rows=12)[0], few)) == 12  # one of each class a draw, by turns


def test_a_probe_is_linear_what_only_a_bent_border_parts_it_does_not():
    rng = np.random.default_rng(0)
    code = rng.normal(size=(200, 2))
    labels = (code[:, 0] * code[:, 1] > 0).astype(int)
    assert probed(code, labels).mean() < 0.65
    bent = np.hstack([code, code[:, :1] * code[:, 1:]])
    assert probed(bent, labels).mean() > probed(code, labels).mean() + 0.1


def test_digits_and_their_rivals():
    examples = catalog.load("probed_digits")
    x, labels = np.asarray(examples.x), np.asarray(examples.targets[LABEL])
    part = {"x": x[:400], LABEL: labels[:400]}
    rivals = TASK.baselines({"x": x[400:], LABEL: labels[400:]}, part)
    for scores in rivals.values():
        assert 0.6 < scores["probe accuracy"][0].mean() < 0.95


def test_an_answer_is_the_code():
    assert TASK.answers({"code": np.array([[0.5, 2.0]])}) == [{"code": "0.5 2"}]
