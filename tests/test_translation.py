"""Sequences for sequences: the task, its baselines, its objective, and sentences made for it."""

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st
from torch import nn

from nna import objectives, tasks
from nna.data import catalog
from nna.data.sets import english_german
from nna.learning.base import Batch
from nna.spec import IGNORED
from nna.tasks.translation import END, START, judged

TASK = tasks.get("translation")
SENTENCES = st.lists(st.integers(3, 9), max_size=5).map(lambda words: np.array([*words, END]))


@given(st.lists(st.tuples(SENTENCES, SENTENCES), min_size=1, max_size=4))
def test_an_answer_is_right_where_it_is_the_target_to_its_end(pairs):
    said, goals = zip(*pairs, strict=True)
    found = {name: values for name, (values, _) in judged(said, goals).items()}
    same = [len(a) == len(b) and (a == b).all() for a, b in pairs]
    assert found["exact match"].tolist() == [float(one) for one in same]
    for share, (one, goal) in zip(found["token accuracy"], pairs, strict=True):
        right = sum(i < len(one) and one[i] == token for i, token in enumerate(goal))
        assert share == pytest.approx(right / len(goal))


def test_what_a_network_gives_behind_the_end_does_not_count():
    goal = np.array([4, END])
    given = np.zeros((1, 4, 6))
    given[0, [0, 1, 2, 3], [4, END, 5, 5]] = 1
    assert TASK.scores({"output": given}, {"target": [goal]})["exact match"][0] == 1
    given[0, 2:] = np.nan
    assert TASK.answers({"output": given}) == [{"tokens": f"4 {END}"}]


def test_a_dictionary_translates_what_only_words_decide_and_fails_at_order():
    draw = np.random.default_rng(0)
    words = [draw.integers(3, 13, draw.integers(2, 6)) for _ in range(400)]
    source = [np.append(one, END) for one in words]
    kept, turned = ([np.append(way(one) + 10, END) for one in words]
                    for way in (lambda one: one, lambda one: one[::-1]))  # fmt: skip
    for target, right in ((kept, 1.0), (turned, 0.0)):
        data = {"source": source, "target": target}
        found = TASK.baselines(data, data)
        exact = {name: scores["exact match"][0] for name, scores in found.items()}
        palindromes = [(one == one[::-1]).all() for one in words]
        assert exact["word for word"].mean() == (right or np.mean(palindromes))
        assert exact["copy"].max() == 0
    copied = TASK.baselines(
        {"source": source, "target": source}, {"source": source, "target": source}
    )
    assert copied["copy"]["exact match"][0].min() == 1


def test_the_usual_words_are_the_most_frequent_of_each_place():
    target = [np.array([4, 5, END]), np.array([4, 6, END]), np.array([7, 6, END])]
    data = {"source": target, "target": target}
    assert TASK.baselines(data, data)["most frequent"]["exact match"][0].tolist() == [0, 1, 0]


class Fixed(nn.Module):
    def __init__(self, scores):
        super().__init__()
        self.scores = nn.Parameter(scores)

    def forward(self, source):
        return self.scores


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_smoothed_labels_give_a_share_to_every_token(smoothing):
    torch.manual_seed(0)
    scores, target = torch.randn(2, 3, 5), torch.tensor([[1, 4, IGNORED], [0, IGNORED, IGNORED]])
    batch = Batch({"source": torch.zeros(2)}, {"target": target})
    loss, beside = objectives.get("label_smoothing", {"smoothing": smoothing}).loss(
        Fixed(scores), batch
    )
    expected, plain = [], []
    for row, goal in ((scores[0, 0], 1), (scores[0, 1], 4), (scores[1, 0], 0)):
        log = row.log_softmax(0)
        share = torch.full((5,), smoothing / 5)
        share[goal] += 1 - smoothing
        expected.append(-(share * log).sum().item())
        plain.append(-log[goal].item())
    assert loss.item() == pytest.approx(np.mean(expected), rel=1e-5)
    assert beside["surprise"].item() == pytest.approx(np.mean(plain), rel=1e-5)


def test_the_best_answer_to_smoothed_labels_is_not_sure():
    model = Fixed(torch.zeros(1, 1, 4))
    batch = Batch({"source": torch.zeros(1)}, {"target": torch.tensor([[2]])})
    optimiser = torch.optim.Adam(model.parameters(), 0.1)
    for _ in range(300):
        optimiser.zero_grad()
        objectives.get("label_smoothing").loss(model, batch)[0].backward()
        optimiser.step()
    shares = model.scores.softmax(2)[0, 0]
    assert shares.tolist() == pytest.approx([0.025, 0.025, 0.925, 0.025], abs=1e-3)


def test_prefixes_are_targets_one_place_on_and_no_source_comes_twice():
    examples = catalog.load("english_german")
    sources, prefixes = (examples.inputs[name].values for name in ("source", "prefix"))
    targets = examples.targets["target"].values
    assert len({tuple(one) for one in sources}) == len(sources)
    for source, prefix, target in zip(sources, prefixes, targets, strict=True):
        assert prefix[0] == START
        assert np.array_equal(prefix[1:], target[:-1])
        assert source[-1] == target[-1] == END
        assert min(*source[:-1], *target[:-1]) > END


ARTICLES = {"der", "den", "die", "das", "ein", "einen", "eine"}
INFLECTED = {word for verb in english_german.VERBS for word in (verb.eins, verb.viele)} | {
    "hat", "haben", "wird", "werden", "kann", "können",
}  # fmt: skip


def test_the_grammar_puts_verbs_where_german_has_them_and_says_each_thing_in_one_way():
    draw, of = np.random.default_rng(7), {}
    for _ in range(2_000):
        english, german = english_german.sentence(draw)
        of.setdefault(" ".join(english), set()).add(" ".join(german))
    assert all(len(said) == 1 for said in of.values())
    for english, (german,) in of.items():
        main, _, reason = (part.split() for part in german.partition(" weil "))
        first = main[0] if main[0] in english_german.ADVERBS.values() else None
        starts = [i for i, word in enumerate(main) if word in ARTICLES]
        if first:  # the verb comes second
            assert main[1] in INFLECTED
            assert starts[0] == 2
        else:
            assert any(word in INFLECTED for word in main[2:4])
        if any(word in english.split(" because ")[0].split() for word in ("has", "have")):
            assert main[-1] in {verb.getan for verb in english_german.VERBS}
        if reason:
            assert reason[-1] in INFLECTED


@pytest.mark.parametrize(
    ("noun", "case", "said"),
    [("Mann", 0, "der"), ("Mann", 1, "den"), ("Frau", 1, "die"), ("Kind", 1, "das")],
)
def test_articles_follow_gender_and_case(noun, case, said):
    (one,) = [one for one in english_german.LIVING if one.eins == noun]
    draw, found = np.random.default_rng(0), set()
    for _ in range(60):
        english, german, many = english_german._phrase(draw, [one], case)
        if english[0] == "the" and not many:
            found.add(german[0])
            if len(german) == 3:
                assert german[1].endswith("en" if said == "den" else "e")
    assert found == {said}


def test_the_number_of_words_is_that_of_the_set():
    numbers = sorted(english_german.vocabulary().values())
    assert numbers == [*range(3, english_german.DATASET.port.vocab)]
