"""Weights of classes: the loss that they ask for, in training, comparisons and estimators."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings, strategies as st
from sklearn.utils.class_weight import compute_class_weight
from torch import nn
from torch.nn import functional

import nna
from nna import objectives
from nna.cli import run as command
from nna.learning.base import Batch
from nna.spec import Recipe
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.training.loop import Training
from nna.training.runs import open_run

WEIGHING = tuple(name for name in objectives.names() if objectives.get(name).weighs_classes)


def unevenly(rows=240, share=0.1, seed=0):
    """Two classes that overlap, one of them rare."""
    draw = np.random.default_rng(seed)
    rare = draw.random(rows) < share
    x = draw.normal(size=(rows, 3)) + rare[:, None]
    return pd.DataFrame(x, columns=["a", "b", "c"]).assign(kind=np.where(rare, "yes", "no"))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "uneven.csv"
    unevenly().to_csv(path, index=False)
    return path


def learnt(table, out, **more):
    recipe = {"epochs": 3, **more.pop("recipe", {})}
    return nna.train("mlp", table, target="kind", out=out, recipe=recipe, quiet=True, **more)


@pytest.mark.parametrize("name", WEIGHING)
@settings(max_examples=15)
@given(data=st.data())
def test_every_row_counts_as_much_as_its_class(name, data):
    """The loss is the mean over rows (pixels, of masks) of each one's own, times its weight."""
    classes, rows = data.draw(st.integers(2, 5)), data.draw(st.integers(1, 7))
    torch.manual_seed(data.draw(st.integers(0, 999)))
    pixels = name == "pixel_cross_entropy"
    shape = (rows, classes, 4, 3) if pixels else (rows, classes)
    scores, weights = torch.randn(shape), torch.rand(classes) + 0.1
    target = torch.randint(classes, (rows, 4, 3) if pixels else (rows,))

    def loss(index, of):
        batch = Batch({"input": scores[index]}, {"y": target[index]}, class_weights=of)
        return float(objectives.get(name).loss(nn.Identity(), batch)[0])

    if pixels:
        each = functional.cross_entropy(scores, target, reduction="none")
        wanted = float((each * weights[target]).mean())
    else:
        own = [loss([row], None) for row in range(rows)]
        wanted = float(np.mean([w * one for w, one in zip(weights[target], own, strict=True)]))
    assert loss(slice(None), weights) == pytest.approx(wanted, rel=1e-4, abs=1e-6)
    assert loss(slice(None), torch.ones(classes)) == pytest.approx(loss(slice(None), None), 1e-4)


@pytest.mark.parametrize("name", ["cross_entropy", "auxiliary_cross_entropy", "squared_error"])
def test_a_blended_row_counts_as_much_as_its_shares(name):
    scores, target = torch.randn(6, 3), torch.randint(3, (6,))
    weights = torch.tensor([0.5, 1.0, 4.0])
    hard = Batch({"input": scores}, {"y": target}, class_weights=weights)
    soft = Batch(
        {"input": scores}, {"y": functional.one_hot(target, 3).float()}, class_weights=weights
    )
    losses = [objectives.get(name).loss(nn.Identity(), one)[0] for one in (hard, soft)]
    assert torch.allclose(*losses)


def test_a_weight_of_three_is_a_row_seen_three_times():
    """In one step of plain descent over all rows, up to the mean that weights are scaled to."""
    x, y = torch.randn(12, 4, generator=torch.Generator().manual_seed(1)), torch.arange(12) % 3
    thrice = torch.cat([torch.arange(12), torch.arange(12)[y == 2].repeat(2)])

    def step(rows, weights, rate):
        torch.manual_seed(0)
        model = nn.Linear(4, 3)
        recipe = Recipe(
            objective="cross_entropy",
            epochs=1,
            optimiser="sgd",
            momentum=0.0,
            learning_rate=rate,
            batch_size=0,
            class_weights=weights,
        )
        objective = objectives.get("cross_entropy")
        part = Tensors.pair(x[rows], y[rows])
        Training(model, objective, recipe, part, None, devices.fabric()).run()
        return model.weight.detach()

    weights = np.array([1.0, 1.0, 3.0]) / (5 / 3)
    weighed = step(torch.arange(12), tuple(weights.tolist()), 0.5)
    assert torch.allclose(weighed, step(thrice, (), 0.5), atol=1e-6)
    assert not torch.allclose(weighed, step(torch.arange(12), (), 0.5), atol=1e-3)


@pytest.mark.parametrize(
    ("asked", "shares"),
    [("balanced", None), ({"yes": 4}, (1, 4)), ({"no": 0.5, "yes": 2}, (0.5, 2))],
)
def test_a_run_keeps_its_weights(table, tmp_path, asked, shares):
    run = learnt(table, tmp_path, class_weights=asked, max_samples=100)
    kept = np.array(open_run(run.folder).request.recipe["class_weights"])
    y = pd.read_csv(table)["kind"].to_numpy()
    if shares is None:
        shares = compute_class_weight("balanced", classes=np.unique(y), y=y)
    assert kept[1] / kept[0] == pytest.approx(shares[1] / shares[0], rel=0.15)  # a part's counts
    note = next(one for one in run.request.adapted if one.startswith("class weights"))
    assert f"no {kept[0]:.3g}, yes {kept[1]:.3g}" in note


def test_weights_find_more_of_the_rare_class(tmp_path):
    recipe, table = {"epochs": 12}, tmp_path / "larger.csv"
    unevenly(1500).to_csv(table, index=False)
    plain = learnt(table, tmp_path, name="plain", recipe=recipe).results()
    run = learnt(table, tmp_path, name="weighed", recipe=recipe, class_weights="balanced")
    weighed = run.results()
    for found in ("metrics", "logistic regression"):
        recall = [
            (of.get(found) or of["baselines"][found])["balanced accuracy"]["value"]
            for of in (plain, weighed)
        ]
        assert recall[1] > recall[0] + 0.05, found


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--class-weights", "maybe=2"], "'maybe'"),
        (["--class-weights", "yes=-1"], "greater than 0"),
        (["--class-weights", "yes=nan"], "greater than 0"),
        (["--class-weights", "even"], "balanced"),
        (["--class-weights", "yes=2", "--class-weights", "yes=3"], "twice"),
    ],
)
def test_weights_that_can_not_be_are_told_in_a_line(table, tmp_path, capsys, options, line):
    asked = ["train", "mlp", str(table), "--target", "kind", "--out", str(tmp_path), *options]
    assert command(asked) != 0
    said = capsys.readouterr().err.strip()
    assert line in said
    assert said.count("\n") == 0
    assert not any(tmp_path.iterdir())


def test_weights_are_for_classes_and_for_losses_that_have_them(tmp_path, capsys):
    frame = unevenly(60)
    frame.to_csv(tmp_path / "t.csv", index=False)
    for architecture, target in (("mlp", "a"), ("rbfn", "kind")):
        asked = ["train", architecture, str(tmp_path / "t.csv"), "--target", target]
        asked += ["--class-weights", "balanced", "--out", str(tmp_path / "runs")]
        assert command(asked) != 0
        assert "class weights" in capsys.readouterr().err


def test_several_weights_in_one_option(table, tmp_path, capsys):
    asked = ["train", "mlp", str(table), "--target", "kind", "--out", str(tmp_path), "--json"]
    assert command([*asked, "--epochs", "1", "--class-weights", "no=1,yes=5"]) == 0
    run = open_run(json.loads(capsys.readouterr().out)["run"])
    low, high = run.request.recipe["class_weights"]
    assert high / low == pytest.approx(5)


def test_an_older_run_has_none(table, tmp_path):
    run = learnt(table, tmp_path)
    path = run.folder / "run.json"
    plain = json.loads(path.read_text())
    del plain["recipe"]["class_weights"]
    path.write_text(json.dumps(plain))
    assert open_run(run.folder).request.training_recipe().class_weights == ()
    plain["recipe"]["class_weights"] = [1.0, -1.0]
    path.write_text(json.dumps(plain))
    with pytest.raises(nna.errors.UserError, match="class_weights"):
        open_run(run.folder)


@pytest.mark.parametrize("asked", ["balanced", {0: 1, 1: 9.0}])
def test_an_estimator_takes_what_scikit_learn_s_take(asked, tmp_path):
    frame = unevenly()
    x, y = frame[["a", "b", "c"]], (frame["kind"] == "yes").astype(int).to_numpy()
    recalls = [
        nna.Classifier(recipe={"epochs": 20}, class_weight=one).fit(x, y).predict(x)[y == 1].mean()
        for one in (None, asked)
    ]
    assert recalls[1] > recalls[0] + 0.1
    fitted = nna.Classifier(recipe={"epochs": 2}, class_weight=asked).fit(x, y)
    fitted.save(tmp_path / "kept")
    again = nna.Classifier.load(tmp_path / "kept")
    assert again.class_weight == asked
    assert (again.predict(x) == fitted.predict(x)).all()
