"""Words left out of texts: how many and which, what stands in their place, and what is measured."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from nna import objectives, registry, tasks
from nna.data import catalog, letters
from nna.data.adapt import adapt
from nna.data.examples import Examples
from nna.spec import IGNORED, Tokens

SETS = ("next_piece", "missing_letters", "swapped_pieces")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.floats(0.01, 1), st.integers(0, 99))
def test_a_share_of_the_words_is_asked_for_one_at_least_and_nothing_else(lengths, share, seed):
    torch.manual_seed(seed)
    longest = max(lengths) + 2
    places = torch.arange(longest)[None]
    words = torch.randint(5, 30, (len(lengths), longest))
    free = (places > 0) & (places <= torch.tensor(lengths)[:, None])  # not what begins and pads
    tokens = torch.where(free, words, 2)
    words = words.masked_fill(~free, IGNORED)
    objective = objectives.get("masked_language_modelling", {"share": share})
    seen, asked = objective.drawn(tokens, words, 30)
    there = asked != IGNORED
    assert (asked[there] == words[there]).all()
    assert (seen[~there] == tokens[~there]).all()
    wanted = [max(1, round(float(torch.tensor(share * n)))) for n in lengths]
    assert (there.sum(1) - torch.tensor(wanted)).abs().max() <= 1  # a half is rounded to even
    assert (there.sum(1) >= 1).all()


def test_of_the_words_asked_for_eight_in_ten_are_masked_and_one_is_any_word():
    torch.manual_seed(0)
    words = torch.full((400, 200), 17)
    objective = objectives.get("masked_language_modelling", {"mask_token": 3})
    seen, asked = objective.drawn(words, words, 50)
    there = asked != IGNORED
    assert there.float().mean() == pytest.approx(0.15, abs=1e-6)
    shown = seen[there]
    assert (shown == 3).float().mean() == pytest.approx(0.8 + 0.1 / 50, abs=0.02)
    assert (shown == 17).float().mean() == pytest.approx(0.1 + 0.1 / 50, abs=0.015)
    others = shown[(shown != 3) & (shown != 17)]
    assert {*others.tolist()} == {*range(50)} - {3, 17}


def test_what_is_measured_and_the_counts_beside_it():
    task = tasks.get("masked-language-modelling")
    train = {
        "tokens": [np.array([2, 5, 6, 5, 6, 7, 6, 3])],
        "words": [np.array([IGNORED, 5, 6, 5, 6, 7, 6, IGNORED])],
        "pair": np.array([1]),
    }
    test = {
        "tokens": [np.array([2, 5, 4, 5, 3]), np.array([2, 4, 6, 3])],
        "words": [np.full(5, IGNORED), np.full(4, IGNORED)],
        "pair": np.array([1, 0]),
    }
    test["words"][0][2], test["words"][1][1] = 6, 7
    found = task.baselines(train, test)
    assert found["most frequent"]["accuracy"][0].tolist() == [1, 0]  # always 6
    assert found["bigram"]["accuracy"][0].tolist() == [1, 0]  # 6 after 5; 5 begins
    assert found["most frequent"]["pair accuracy"][0].tolist() == [1, 0]
    perfect = np.full((2, 5, 8), -9.0)
    perfect[0, 2, 6] = perfect[1, 1, 7] = 9.0
    scores = task.scores({"words": perfect, "output": np.array([[0, 1], [0, 1.0]])}, test)
    assert scores["accuracy"][0].tolist() == [1, 1]
    assert scores["pair accuracy"][0].tolist() == [1, 0]
    assert (scores["nats per word"][0] < 1e-6).all()


@pytest.mark.parametrize("name", SETS)
def test_letters_are_missing_where_a_network_is_tested_and_nowhere_else(name):
    examples = catalog.load(name)
    for part, rows in examples.parts.items():
        some = examples.take(rows[::97])
        for tokens, words in zip(some.x, some.targets["words"].values, strict=True):
            asked = words != IGNORED
            assert ((tokens == letters.GAP) == asked).all() or part == "train"
            assert asked.any()
            assert not (tokens[~asked] == letters.GAP).any()
        pairs = examples.targets.get("pair")
        assert pairs is None or pairs[rows].mean() == 0.5


def test_a_text_without_segments_is_all_of_the_first():
    port = Tokens(vocab=40, length=9)
    text = [np.array([2, 7, 8, 3]), np.array([2, 9, 3])]
    for x in (text, np.array([[2, 7, 3], [2, 8, 3]])):
        examples = Examples.of(task="classification", port=port, x=x, y=np.array([0, 1]))
        spec = registry.describe("bert")
        adapted, _ = adapt(examples, spec, spec.tiny)
        assert [*adapted.inputs] == ["tokens", "segments"]
        beside = adapted.inputs["segments"].values
        assert [len(one) for one in beside] == [len(one) for one in x]
        assert not np.concatenate([*beside]).any()
