"""The quiz's questions: each decided, with its page, and nothing that holds within limits only."""

from collections import Counter
from itertools import pairwise

import pytest

from nna.app import lab_pages, predictions, quiz, search
from nna.lab.experiment import Experiment


def questions():
    return lab_pages.questions()["questions"]


def test_every_question_is_decided_once_and_both_answers_occur():
    asked = questions()
    assert set(Counter(one.says for one in asked).values()) == {1}
    answers = Counter(one.true for one in asked)
    assert min(answers[True], answers[False]) >= 20
    assert all(one.because for one in asked if not one.true)


def test_what_is_true_within_limits_only_is_no_question():
    asked = {(one.row, one.says) for one in questions()}
    for group in lab_pages.errors()["groups"]:
        for entry in group.entries:
            assert ((entry.row, entry.says) in asked) == (entry.verdict in ("", "fails"))


def test_a_measured_claim_is_asked_by_its_verdict():
    trials = lab_pages.overview()["experiments"]
    one = next(t for t in trials if any(claim.rather for claim in t["experiment"].claims))
    experiment: Experiment = one["experiment"]
    claim = next(claim for claim in experiment.claims if claim.rather)
    for verdict, expected in (("holds", [True]), ("fails", [False]), ("undecided", [])):
        asked = quiz.gather([(one["id"], experiment, {claim.row: verdict})])
        assert [q.true for q in asked if q.row == claim.row] == expected


def test_of_each_prediction_one_answer_fits_what_may_come_out():
    for case in predictions.CASES:
        bounds = sorted((low, high) for _, low, high in case.choices)
        assert all(high < low for (_, high), (low, _) in pairwise(bounds))
        assert case.right in range(len(case.choices))


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("quiz", "quiz.html"),
        ("playground", "play.html"),
        ("kernel slides over a digit", "mechanism/kernel.html"),
        ("noise becomes data", "mechanism/diffusion.html"),
    ],
)
def test_pages_to_try_are_found_by_the_search(asked, path):
    first = search.results(asked).fill()["hits"][0]
    assert first["address"] == path
