import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import betabinom
from sklearn.datasets import load_iris

import nna
from nna.cli import run as command
from nna.errors import UserError
from nna.workbench.prediction.predict import load
from nna.workbench.train import finish, material_of


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """One run for each kind of answer."""
    out = tmp_path_factory.mktemp("runs")
    table = load_iris(as_frame=True).data
    table.to_csv(out / "plain.csv", index=False)
    quick = {"out": out, "quiet": True}
    return {
        "classes": nna.train("mlp", "wine", recipe={"epochs": 20}, **quick),
        "number": nna.train("mlp", "diabetes", recipe={"epochs": 5}, **quick),
        "strange": nna.train("autoencoder", str(out / "plain.csv"), **quick),
        "map": nna.train("som", str(out / "plain.csv"), objective="batch_map", **quick),
    }


def known(run):
    return json.loads((run.folder / "calibration.json").read_text())


def test_probabilities_are_those_of_the_temperature(runs):
    run = runs["classes"]
    before = load(run.folder).predict("wine")
    plain = known(run) | {"temperature": 50.0}
    kept = (run.folder / "calibration.json").read_text()
    (run.folder / "calibration.json").write_text(json.dumps(plain))
    after = load(run.folder).predict("wine")
    (run.folder / "calibration.json").write_text(kept)
    assert [a.class_ for a in before] == [a.class_ for a in after]
    assert max(a.probability for a in after) < 0.5 < before[0].probability


def test_intervals_hold_as_many_of_the_tested_rows_as_they_say(runs):
    run = runs["number"]
    trained = load(run.folder)
    test = material_of(run).raw["test"]
    for level in (0.5, 0.9):
        answers = trained.answers(test, level)
        inside = [a.low <= y <= a.high for a, y in zip(answers, test.y, strict=True)]
        assert level <= np.mean(inside) <= level + 0.03
    wide, narrow = (trained.answers(test, level)[0] for level in (0.9, 0.5))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    with pytest.raises(UserError, match="between 0 and 1"):
        trained.answers(test, 90)


def test_a_level_that_too_few_rows_were_tested_for_is_told(runs, capsys):
    trained = load(runs["number"].folder)
    assert trained.unsure(0.98) == load(runs["classes"].folder).unsure(0.999) == []
    assert trained.unsure(0.999) == [
        "no intervals of level 0.999: 89 test rows bear none above 0.989"
    ]
    asked = ["predict", str(runs["number"].folder), "diabetes", "--level", "0.999", "--json"]
    assert command(asked) == 0
    told = capsys.readouterr()
    assert "no intervals of level 0.999" in told.err
    assert "low" not in json.loads(told.out)[0]


@pytest.mark.parametrize("kind", ["strange", "map"])
def test_a_table_without_a_target_gives_scores(runs, kind, tmp_path):
    usual = load_iris(as_frame=True).data
    odd = pd.DataFrame([[4.0, 4.4, 7.0, 0.1]], columns=usual.columns)
    pd.concat([usual, odd]).to_csv(tmp_path / "new.csv", index=False)
    answers = load(runs[kind].folder).predict(tmp_path / "new.csv")
    assert answers[-1].as_strange <= 0.05
    assert np.mean([a.as_strange <= 0.05 for a in answers]) < 0.15
    assert answers[-1].usualness == min(a.usualness for a in answers)


def test_evaluating_writes_it_anew_and_damage_is_told(runs):
    run = runs["number"]
    kept = known(run)
    (run.folder / "calibration.json").write_text("{")
    with pytest.raises(UserError, match="nna evaluate"):
        load(run.folder).predict("diabetes")
    trained = load(run.folder)
    finish(run, trained.model, material_of(run))
    assert known(run) == kept


def test_runs_made_before_answer_as_they_did(runs):
    run = runs["number"]
    kept = (run.folder / "calibration.json").read_text()
    (run.folder / "calibration.json").unlink()
    assert set(load(run.folder).predict("diabetes")[0].to_json()) == {"example", "value"}
    (run.folder / "calibration.json").write_text(kept)


def test_figures_of_a_run_are_untouched(runs):
    """The calibration is learnt after measuring, and measured on halves."""
    loss = known(runs["classes"])["log loss"]
    assert loss["after"] <= loss["before"]
    assert "calibration" not in json.dumps(runs["classes"].results())


def test_of_fresh_rows_the_share_that_is_called_strange_is_as_great_as_was_said(tmp_path):
    """A conformal p-value: beta-binomial, as far as so many test rows can tell."""
    draw = np.random.default_rng(3)
    learnt, fresh = draw.normal(size=(400, 3)), draw.normal(size=(1000, 3))
    for name, rows in (("learnt", learnt), ("fresh", fresh)):
        pd.DataFrame(rows, columns=list("abc")).to_csv(tmp_path / f"{name}.csv", index=False)
    run = nna.train("autoencoder", tmp_path / "learnt.csv", out=tmp_path / "runs", quiet=True)
    tested = run.results()["test examples"]
    found = load(run.folder).predict(tmp_path / "fresh.csv")
    for share in (0.05, 0.1, 0.3):
        strange = sum(one.as_strange <= share for one in found)
        rank = int(share * (tested + 1))
        low, high = betabinom(len(found), rank, tested + 1 - rank).interval(0.999)
        assert low <= strange <= high
