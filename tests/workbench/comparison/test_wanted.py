"""A comparison judged by what the user names: metric, class, threshold, weights of classes."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sklearns

import nna
from nna.cli import run as command
from nna.errors import UserError
from nna.workbench import api
from nna.workbench.comparison.fold_fit import Terms, fit_fold

WANTED = {"metric": "f1", "positive": "bad", "threshold": 0.3}


def uneven(rows=160, seed=5):
    draw = np.random.default_rng(seed)
    rare = draw.random(rows) < 0.25
    x = draw.normal(size=(rows, 2)) + 1.2 * rare[:, None]
    return pd.DataFrame(x, columns=["a", "b"]).assign(kind=np.where(rare, "bad", "good"))


def test_everyone_is_ranked_by_the_metric_at_the_threshold(tmp_path):
    frame = uneven()
    asked = {"models": ("mlp",), "folds": 2, "out": tmp_path / "held", **WANTED}
    found = nna.compare(frame, "kind", **asked)
    assert found.measure == "f1"
    held = api.laid_out(frame, "kind", **asked)
    results, truth = held.results(), frame["kind"].to_numpy()
    for row in found.rows:
        own = [
            sklearns.f1_score(
                truth[fold.test],
                np.where(np.array(fit.answers)[:, 0] >= 0.3, "bad", "good"),
                pos_label="bad",
            )
            for fit, fold in zip(results[row.name], held.folds, strict=True)
        ]
        assert row.folds == pytest.approx(own)
    means = [row.mean for row in found.rows]
    assert means == sorted(means, reverse=True)
    with pytest.raises(UserError, match="another comparison"):
        api.laid_out(frame, "kind", **asked | {"threshold": 0.4})


def test_a_threshold_is_chosen_for_each_fit_on_rows_kept_from_it(tmp_path):
    frame = uneven()
    asked = {"models": ("mlp",), "folds": 2, "out": tmp_path / "held", **WANTED}
    asked["threshold"] = "auto"
    found = nna.compare(frame, "kind", **asked)
    held = api.laid_out(frame, "kind", **asked)
    results, truth = held.results(), frame["kind"].to_numpy()
    assert len({fit.threshold for of in results.values() for fit in of}) > 2
    for row in found.rows:
        fits = results[row.name]
        own = [
            sklearns.f1_score(
                truth[fold.test],
                np.where(np.array(fit.answers)[:, 0] >= fit.threshold, "bad", "good"),
                pos_label="bad",
            )
            for fit, fold in zip(fits, held.folds, strict=True)
        ]
        assert row.folds == pytest.approx(own)
        assert any("thresholds of the folds from" in note for note in row.notes)


@pytest.mark.parametrize("trials", [1, 3])
def test_no_threshold_knows_the_rows_that_are_asked_about(trials, tmp_path):
    frame = uneven()
    asked = {"folds": 2, "metric": "f1", "positive": "bad", "threshold": "auto", "trials": trials}
    held = api.laid_out(frame, "kind", **asked, out=tmp_path / "held")
    candidate = next(one for one in held.candidates if one.name == "logistic regression")
    fold, terms = held.folds[0], Terms(trials=trials, seed=1)
    y = held.field.y.copy()
    y[fold.test] = 1 - y[fold.test]
    other = dataclasses.replace(held.field, y=y)
    one, two = (fit_fold(candidate, field, fold, terms) for field in (held.field, other))
    assert one.threshold == two.threshold != 0.5
    assert one.answers == two.answers
    assert one.figures["f1"] != two.figures["f1"]


def test_weights_reach_all_that_can_weigh(tmp_path):
    frame = uneven(300)

    def named(name, **more):
        out = tmp_path / name
        asked = {"models": ("mlp",), "folds": 2, "out": out, **more}
        nna.compare(frame, "kind", **asked)
        fits = api.laid_out(frame, "kind", **asked).results()
        return {
            who: np.concatenate([np.array(fit.answers)[:, 0] for fit in of]).mean()
            for who, of in fits.items()
        }

    plain, heavy = named("plain"), named("heavy", class_weights={"bad": 6})
    for who in ("mlp", "logistic regression", "gradient boosting"):
        assert heavy[who] > plain[who] + 0.05, who
    assert heavy["majority"] == pytest.approx(plain["majority"])


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--metric", "f3"], "no metric 'f3'"),
        (["--threshold", "auto", "--metric", "log_loss"], "--threshold auto is chosen by accuracy"),
        (["--class-weights", "worse=2"], "'worse'"),
        (["--horizon", "3", "--metric", "mae"], "--metric is not for forecasting"),
    ],
)
def test_what_means_nothing_is_told_in_a_line(tmp_path, capsys, options, line):
    uneven(60).to_csv(tmp_path / "t.csv", index=False)
    out = tmp_path / "held"
    asked = ["compare", str(tmp_path / "t.csv"), "--target", "kind", "--out", str(out), *options]
    assert command(asked) != 0
    assert line in capsys.readouterr().err
    assert not out.exists()


def test_the_command_says_it_too(tmp_path, capsys):
    uneven(80).to_csv(tmp_path / "t.csv", index=False)
    asked = ["compare", str(tmp_path / "t.csv"), "--target", "kind", "--out", str(tmp_path / "o")]
    asked += ["--models", "logistic regression", "--folds", "2", "--metric", "log-loss", "--json"]
    assert command(asked) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["measure"] == "log loss"
    assert not found["higher is better"]
