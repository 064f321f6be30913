"""Splits are disjoint and complete, keep the classes' shares, and are decided by the seed."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nna.data import catalog
from nna.data.examples import PARTS, Examples
from nna.data.splits.split import split
from nna.spec import Nodes, Table, Tokens


def rows(labels, **more):
    """A table whose one feature is the row's number."""
    n = len(labels)
    x = np.arange(n, dtype=np.float32)[:, None]
    classes = tuple(f"c{i}" for i in range(max(labels) + 1))
    y = np.array(labels, dtype=np.int64)
    whole = {"task": "classification", "port": Table(features=1), "x": x, "y": y}
    return Examples.of(**whole | {"classes": classes} | more)


def numbers(part):
    return np.asarray(part.x)[:, 0].astype(int).tolist()


def all_numbers(parts):
    return sorted(number for part in PARTS for number in numbers(parts[part]))


@st.composite
def labelled(draw):
    """At least three rows a class and five times as many rows as classes, in any order."""
    counts = draw(st.lists(st.integers(3, 40), min_size=2, max_size=8))
    missing = max(0, 5 * len(counts) - sum(counts))
    counts[0] += missing
    labels = [c for c, count in enumerate(counts) for _ in range(count)]
    return draw(st.permutations(labels))


@settings(max_examples=100, deadline=None)
@given(labelled(), st.integers(0, 2**31))
def test_disjoint_complete_stratified_and_decided_by_the_seed(labels, seed):
    examples = rows(labels)
    parts = split(examples, seed)
    assert all_numbers(parts) == list(range(len(labels)))
    total = np.bincount(labels)
    for part in PARTS:
        of_part = np.bincount(parts[part].y, minlength=len(total))
        expected = total * len(parts[part]) / len(labels)
        assert np.abs(of_part - expected).max() < 2  # rounded once for each of two draws
        assert np.array_equal(parts[part].y, np.array(labels)[numbers(parts[part])])
        assert of_part.min() >= 1  # three rows are enough for every part to hold one
    again = split(examples, seed)
    assert all(numbers(parts[p]) == numbers(again[p]) for p in PARTS)


@settings(max_examples=50, deadline=None)
@given(st.integers(5, 300), st.integers(0, 2**31))
def test_numbers_to_predict_are_drawn_without_shares(n, seed):
    y = np.linspace(0, 1, n, dtype=np.float32)
    examples = rows([0] * n, task="regression", y=y, classes=())
    parts = split(examples, seed)
    assert all_numbers(parts) == list(range(n))
    assert all(len(parts[p]) >= 1 for p in PARTS)


def test_shares_are_as_asked_and_seeds_differ():
    examples = catalog.load("digits")
    parts = split(examples, seed=0)
    shares = [len(parts[p]) / len(examples) for p in PARTS]
    assert shares == pytest.approx([0.65, 0.15, 0.2], abs=0.001)
    other = split(examples, seed=1)
    assert not np.array_equal(parts["test"].x, other["test"].x)


@settings(max_examples=50, deadline=None)
@given(st.integers(5, 500))
def test_a_text_is_cut_into_three_stretches(n):
    x = np.arange(n) % 256
    text = Examples.of(task="language-modelling", port=Tokens(vocab=256, length=n), x=x)
    parts = split(text, seed=0)
    assert np.array_equal(np.concatenate([parts[p].x for p in PARTS]), x)
    assert abs(len(parts["test"]) - n * 0.2) <= 1


def test_a_prescribed_split_is_kept():
    own = {"train": np.array([2, 0]), "validation": np.array([1]), "test": np.array([3])}
    parts = split(rows([0, 1, 0, 1], parts=own), seed=9)
    assert [numbers(parts[p]) for p in PARTS] == [[2, 0], [1], [3]]
    assert all(parts[p].parts is None for p in PARTS)


def test_of_a_graph_only_examples_are_drawn_and_the_graph_stays_whole():
    labels = np.arange(60) % 2
    graph = Examples.of(
        task="node-classification",
        port=Nodes(features=1),
        x=np.arange(60, dtype=np.float32)[:, None],
        y=labels,
        classes=("a", "b"),
        edges=np.array([[0, 1], [1, 0]]),
        rows=np.arange(20, 60),
    )
    parts = split(graph, seed=0)
    drawn = np.concatenate([parts[p].rows for p in PARTS])
    assert sorted(drawn) == list(range(20, 60))
    for part in PARTS:
        assert len(parts[part].x) == 60
        assert np.array_equal(parts[part].labels, labels[parts[part].rows])


def test_what_can_not_be_split_is_told(refuses):
    refuses(lambda: split(rows([0, 1, 0, 1]), 0), "4 examples can't be split", "bring 5")
    refuses(lambda: split(rows([0] * 9), 0), r"only one class \(c0\)")
    refuses(lambda: split(rows([0] * 9 + [1] * 2), 0), "class 'c1' has 2 examples", "needs 3")
    many = rows([c for c in range(10) for _ in range(4)])
    refuses(lambda: split(many, 0), "10 classes in 40 examples", "--task regression")
    gone = dataclasses.replace(rows([0, 1] * 5), classes=("c0", "c1", "never"))
    refuses(lambda: split(gone, 0), "class 'never' has 0 examples")


@settings(max_examples=50, deadline=None)
@given(labelled(), st.integers(0, 2**31), st.integers(4, 200))
def test_fewer_are_drawn_from_each_class_its_share(labels, seed, most):
    whole, parts = split(rows(labels), seed), split(rows(labels), seed, max_samples=most)
    for part, count in zip(PARTS, (most, most // 2, most // 2), strict=True):
        assert len(parts[part]) == min(count, len(whole[part]))
        assert set(numbers(parts[part])) <= set(numbers(whole[part]))
        total = np.bincount(whole[part].y, minlength=max(labels) + 1)
        expected = total * len(parts[part]) / len(whole[part])
        drawn = np.bincount(parts[part].y, minlength=len(total))
        assert np.abs(drawn - expected).max() <= 1.5


def test_a_source_s_own_parts_are_thinned_too_and_none_is_emptied(refuses):
    parts = dict(zip(PARTS, np.split(np.arange(30), [20, 24]), strict=True))
    examples = rows([0, 1] * 15, parts=parts)
    drawn = split(examples, 0, max_samples=4)
    assert [len(drawn[part]) for part in PARTS] == [4, 2, 2]
    assert all(set(numbers(drawn[part])) <= set(parts[part].tolist()) for part in PARTS)
    refuses(lambda: split(examples, 0, max_samples=1), "at least two training examples")
