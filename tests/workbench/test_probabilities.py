"""What is called a probability comes from a log-likelihood; all else is a score."""

import json

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris
from torch import nn

import nna
from nna import objectives
from nna.cli import run as command
from nna.learning.base import Batch
from nna.workbench.evaluation import uncertainty
from nna.workbench.evaluation.uncertainty import Calibration

PIXELS = "pixel_cross_entropy"  # the same at every pixel
LIKELY = [n for n in objectives.names() if objectives.get(n).likelihood and n != PIXELS]


class Scores(nn.Module):
    """Gives the scores it holds, whatever it sees."""

    def __init__(self, scores):
        super().__init__()
        self.linear = nn.Parameter(scores)

    def forward(self, input):
        return self.linear.expand(len(input), -1)


@pytest.mark.parametrize("name", LIKELY)
def test_what_says_so_is_least_where_the_softmax_is_the_share_of_each_class(name):
    """A proper score: no other scores than the logarithms of the shares do better."""
    y = torch.tensor([0] * 6 + [1] * 3 + [2])
    batch, shares = Batch({"input": torch.zeros(10, 1)}, {"y": y}), torch.tensor([0.6, 0.3, 0.1])

    def loss(scores):
        return float(objectives.get(name).loss(Scores(scores), batch)[0])

    best = loss(shares.log())
    draw = torch.Generator().manual_seed(0)
    others = [loss(shares.log() + 0.5 * torch.randn(3, generator=draw)) for _ in range(20)]
    assert best <= min(others) + 1e-6


@pytest.mark.parametrize(
    ("known", "objective", "expected"),
    [
        ({}, "cross_entropy", 1.0),
        ({"temperature": 2.0}, "cross_entropy", 2.0),
        ({}, "squared_error", None),
        ({"temperature": 1}, "perceptron_rule", None),
        ({"temperature": 0.3}, "squared_error", 0.3),
    ],
)
def test_scores_become_probabilities_by_likelihood_or_calibration(known, objective, expected):
    assert uncertainty.temperature(Calibration.from_json(known), objective) == expected


@pytest.mark.parametrize(
    ("model", "objective", "key"),
    [("mlp", "cross_entropy", "probability"), ("mlp", "squared_error", "score")],
)
def test_answers_name_what_they_are(model, objective, key, tmp_path, capsys):
    run = nna.train(
        model, "iris", out=tmp_path, recipe={"epochs": 3}, objective=objective, quiet=True
    )
    plain = json.loads((run.folder / "calibration.json").read_text()) | {"temperature": 1}
    (run.folder / "calibration.json").write_text(json.dumps(plain))
    answer = nna.load(run.folder).predict("iris")[0]
    assert answer.to_json().keys() == {"example", "class", key}
    assert command(["evaluate", str(run.folder)]) == 0
    told = capsys.readouterr().out
    assert ("probabilities calibrated" in told) or (
        ("scores, not probabilities" in told) == (key == "score")
    )
    assert command(["explain", str(run.folder), "0", "--method", "occlusion", "--json"]) == 0


def test_an_estimator_offers_probabilities_only_where_it_has_them():
    x, y = load_iris(return_X_y=True)
    quick = {"recipe": {"epochs": 3}, "objective": "squared_error"}
    plain = nna.Classifier(**quick).fit(x, y)
    assert not hasattr(plain, "predict_proba")
    assert plain.decision_function(x).shape == (150, 3)
    calibrated = nna.Classifier(calibrate=0.2, **quick).fit(x, y)
    assert np.allclose(calibrated.predict_proba(x).sum(1), 1)
    assert hasattr(nna.Classifier(), "predict_proba")
