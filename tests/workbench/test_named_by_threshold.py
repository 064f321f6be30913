"""What is shown of a run's answers goes by the class that it names, whatever score is higher."""

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, strategies as st

import nna
from nna.cli import run as command
from nna.data.examples import Examples
from nna.spec import Image
from nna.workbench.evaluation.scoring import Scoring
from nna.workbench.evaluation.uncertainty import UNKNOWN
from nna.workbench.explain import image_report, images, permutation
from nna.workbench.reports import sections
from nna.workbench.train import material_of

LOW = 0.02  # a probability from which nearly everything is named


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A table of two classes that overlap, one of them rare, named from a low probability on."""
    draw = np.random.default_rng(0)
    rare = draw.random(300) < 0.2
    frame = pd.DataFrame(draw.normal(size=(300, 3)) + rare[:, None], columns=["a", "b", "c"])
    path = tmp_path_factory.mktemp("tables") / "rare.csv"
    frame.assign(kind=np.where(rare, "yes", "no")).to_csv(path, index=False)
    out = path.parent / "runs"
    asked = {"target": "kind", "positive": "yes", "threshold": LOW, "recipe": {"epochs": 5}}
    return nna.train("mlp", path, out=out, quiet=True, **asked)


def test_a_row_of_a_table_is_explained_by_the_class_that_is_named(run):
    trained = nna.load(run.folder)
    of = permutation.table(trained)
    scores = trained.model(of.x.float()).detach()
    named = trained.scoring.predicted(scores.numpy())
    row = int(np.flatnonzero(named != scores.numpy().argmax(1))[0])  # there is one, or it fails
    told = images.explain(run.folder, str(row), method="occlusion").found
    name = trained.run.request.classes[named[row]]
    share = float(scores[row].softmax(0)[named[row]])
    assert told.explained.startswith(f"{name}, score {float(scores[row, named[row]]):.3g}")
    assert share < 0.5
    goal = permutation._goal(of, of.score(trained.model), of.x.float(), None)
    assert goal.tolist() == named.tolist()


def test_what_shuffling_takes_away_is_accuracy_at_the_threshold(run):
    of = permutation.table(nna.load(run.folder))
    assert of.raw.y is not None
    measured = run.results()["metrics"]["accuracy"]["value"]
    right = permutation._Asked(of).right(permutation.frame_of(of), of.raw.y)
    assert right == pytest.approx(measured)


def test_evaluating_with_another_threshold_writes_the_report_by_it(run, monkeypatch, capsys):
    seen = []
    write = sections.of_run
    monkeypatch.setattr(sections, "of_run", lambda *a: seen.append(a[2].scoring) or write(*a))
    assert command(["evaluate", str(run.folder), "--threshold", "0.7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    (cut,) = seen
    assert (cut.threshold, cut.positive) == (0.7, material_of(run).classes.index("yes"))


@given(seed=st.integers(0, 999), threshold=st.floats(0.05, 0.95))
def test_the_most_confident_mistakes_are_those_of_the_named_class(seed, threshold):
    draw = np.random.default_rng(seed)
    scores, y = draw.normal(size=(30, 2)).astype(np.float32), draw.integers(2, size=30)
    named = Scoring(threshold=threshold).predicted(scores)
    rows = image_report.chosen(scores, named, y)
    shares = torch.from_numpy(scores).softmax(1).numpy()[np.arange(30), named]
    wrong = [row for row in rows if named[row] != y[row]]
    assert [*rows[len(rows) - len(wrong) :]] == wrong
    others = [row for row in np.flatnonzero(named != y) if row not in wrong]
    assert all(shares[a] >= shares[b] for a, b in pairwise(wrong))
    assert not wrong or all(shares[wrong[-1]] >= shares[other] for other in others)


def test_the_report_of_pictures_says_what_they_were_taken_for(monkeypatch):
    scores = np.array([[2.0, 0.0], [0.0, 2.0], [0.0, 2.0]], dtype=np.float32)
    y = np.array([0, 0, 1])
    x = np.zeros((3, 1, 4, 4), dtype=np.float32)
    test = Examples.of(
        task="classification",
        port=Image(channels=1, size=4),
        x=x,
        y=y,
        classes=("good", "bad"),
    )
    titles = []
    monkeypatch.setattr(sections.model_outputs, "outputs", lambda *_: scores)
    monkeypatch.setattr(sections.figures, "pictures", lambda x, of: titles.extend(of))
    monkeypatch.setattr(sections.figures, "calibration", lambda *_: None)

    @dataclasses.dataclass
    class Stand:
        raw: dict
        parts: dict
        scoring: Scoring
        objective_name: str = "cross_entropy"
        classes: tuple = ("good", "bad")

    stand = Stand({"test": test}, {"test": test}, Scoring(positive=1, threshold=0.05))
    sections._mistakes(None, stand, lambda *_: None, UNKNOWN)
    assert [title.split("\n")[0] for title in titles] == ["good taken for bad"] * 2
    assert titles[1].endswith("12 % sure")
