"""A recommendation quotes specs and measurements, and admits where no network is needed."""

import numpy as np
import pytest

from nna import registry
from nna.cli import run as command
from nna.data.catalog import load
from nna.data.examples import Examples
from nna.errors import UserError
from nna.spec import Table
from nna.workbench.comparison import candidates
from nna.workbench.recommendation import family_results, recommend
from nna.workbench.recommendation.results import Baseline, Network


@pytest.fixture(scope="module")
def straight():
    """A straight line with noise, which no network can know better than a line."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4))
    y = (x @ [3, -2, 1, 0] + rng.normal(scale=0.5, size=200)).astype(np.float32)
    return Examples.of(task="regression", port=Table(features=4), x=x, y=y)


@pytest.mark.slow
def test_where_a_line_is_enough_it_says_so(straight, monkeypatch):
    monkeypatch.setattr(recommend, "NETWORKS", 1)
    monkeypatch.setattr(recommend, "HASTE", 600.0)  # however busy the machine is
    simple = {name: candidates._OF_NUMBERS[name] for name in ("mean", "ridge")}
    monkeypatch.setattr(candidates, "_OF_NUMBERS", simple)
    found = recommend.recommend(straight, "line")
    assert found.candidates[0].name in ("ridge", "adaline", "flnn")
    assert "in a quick benchmark" in found.advice
    assert any(isinstance(one, Baseline) and one.quick_benchmark for one in found.candidates)


def test_without_a_look_the_order_is_that_of_measured_results():
    found = recommend.recommend(load("wine"), "wine", quick_benchmark=False)
    names = [one.name for one in found.candidates]
    assert names == recommend.order(load("wine"))
    assert found.measure is None


def test_reasons_are_those_of_the_specs_and_costs_are_measured():
    row = next(
        row
        for row in recommend.recommend(load("wine"), "wine", quick_benchmark=False).candidates
        if row.name == "mlp"
    )
    spec = registry.describe("mlp")
    assert isinstance(row, Network)
    assert row.advice == spec.advice
    assert row.idea == spec.idea
    assert row.seconds > 0
    assert row.megabytes > 4 * 4 * 4000 / 1e6


def test_what_cannot_learn_from_so_few_rows_is_named_and_the_others_stand(straight):
    few = straight.take(np.arange(60))
    found = recommend.recommend(few, "few", quick_benchmark=False)
    assert "90 centres need as many examples" in found.refused["rbfn"]
    assert "rbfn" not in [one.name for one in found.candidates]
    assert "mlp" in [one.name for one in found.candidates]


def test_a_look_at_some_rows_has_some_of_every_class(monkeypatch):
    monkeypatch.setattr(recommend, "SAMPLES", 40)
    y = np.zeros(1000, dtype=np.int64)
    y[[3, 500, 900]] = 1
    rare = Examples.of(
        task="classification",
        port=Table(features=1),
        x=np.arange(1000.0)[:, None],
        y=y,
        classes=("usual", "rare"),
    )
    drawn = recommend._drawn(rare, seed=0)
    assert len(drawn) == len({*drawn}) == 40
    assert y[drawn].sum() == 3
    with pytest.raises(UserError, match="class 'rare' has 1 examples; a fair split needs 3"):
        recommend.recommend(rare.take(np.arange(100)), "rare", quick_benchmark=False)


def test_a_set_does_not_recommend_itself(monkeypatch):
    row = {"name": "elm", "kind": "network", "mean": 1.0}
    held = {"port": "table", "task": "classification", "rows": [row]}
    monkeypatch.setattr(family_results, "comparisons", lambda: {"wine": held})
    wine = load("wine")
    assert recommend.order(wine)[0] == "elm"
    assert recommend._places("table", "classification", "wine") == {}


def test_what_it_can_not_judge_is_told(capsys):
    assert command(["recommend", "pydoc"]) == 2
    assert "not for language-modelling" in capsys.readouterr().err
    nodes = load("karate")
    examples = Examples.of(task="classification", port=nodes.port, x=nodes.x, y=nodes.y)
    with pytest.raises(UserError, match="takes nodes"):
        recommend.order(examples)


def test_the_command_prints_what_it_says(capsys):
    assert command(["recommend", "wine", "--no-quick-benchmark", "--show", "2"]) == 0
    told = capsys.readouterr().out
    assert "begin with" in told
    assert "about" in told
    assert "`nna compare wine` decides it fairly." in told
