"""A search finds what it was told to look for, can be joined, and never sees the test part."""

import json
import shlex

import numpy as np
import pandas as pd
import pytest

from nna.cli import run
from nna.errors import UserError
from nna.workbench import tune
from nna.workbench.data_source import Source
from nna.workbench.tune import Search
from nna.workbench.tune_results import Best, Trial, TuneResults


def quick(**changes):
    wanted = {
        "reference": "mlp",
        "origin": Source(data="wine"),
        "trials": 3,
        "settings": {"hidden": (8,), "activation": "relu", "dropout": 0.0},
        "recipe": {"epochs": 4, "batch_size": 32},
    }
    return Search(**(wanted | changes))


def test_the_first_trial_is_the_default_and_the_best_is_no_worse():
    found = tune.tune(quick())
    trials = [one for one in found.trials if one.value is not None]
    assert trials[0].settings["recipe.learning_rate"] == pytest.approx(3e-3)
    assert found.best.value == min(one.value for one in trials)
    assert set(found.best.settings) <= {"recipe.learning_rate", "recipe.weight_decay"}


def test_a_trial_that_falls_behind_is_stopped_and_counts_for_nothing():
    told = []
    search = quick(origin=Source(data="digits", max_samples=300), trials=12, recipe={"epochs": 12})
    found = tune.tune(search, lambda *line: told.append(line))
    assert [line[:2] for line in told] == [(n, 12) for n in range(1, 13)]
    stopped = [one.trial for one in found.trials if one.state == "pruned"]
    assert stopped
    assert min(stopped) >= 5  # the first five are there to compare with
    for number, _, line in told:
        assert ("behind the others after" in line) == (number - 1 in stopped)
    assert found.best.trial not in stopped


def test_what_is_kept_and_printed_is_all_that_was_found(tmp_path):
    best = Best(trial=1, value=0.5, settings={"settings.hidden": (8,)}, stopped=None)
    tried = [
        Trial(trial=0, value=None, state="pruned", stopped="by the clock", settings={}),
        Trial(trial=1, value=0.5, state="complete", stopped=None, settings=best.settings),
    ]
    found = TuneResults(
        architecture="mlp/desk",
        data="wine",
        watched="validation loss",
        best=best,
        command="nna train <mlp>",
        importance={"settings.hidden": 1.0},
        trials=tried,
    )
    found.write(tmp_path / "new" / "tuned.json")
    kept = json.loads((tmp_path / "new" / "tuned.json").read_text())
    assert kept == {
        "architecture": "mlp/desk",
        "data": "wine",
        "watched": "validation loss",
        "best": {"trial": 1, "value": 0.5, "settings": {"settings.hidden": [8]}, "stopped": None},
        "command": "nna train <mlp>",
        "importance": {"settings.hidden": 1.0},
        "trials": [
            {"trial": 0, "value": None, "state": "pruned", "stopped": "by the clock"},
            {
                "trial": 1,
                "value": 0.5,
                "state": "complete",
                "stopped": None,
                "settings.hidden": [8],
            },
        ],
    }
    shown = found._repr_html_()
    assert "nna train &lt;mlp&gt;" in shown
    assert "settings.hidden" in shown


def test_its_command_trains_the_network_that_was_found(tmp_path, capsys):
    found = tune.tune(quick())
    words = shlex.split(found.command)[1:]
    assert run([*words, "--out", str(tmp_path), "--name", "best", "--json"]) == 0
    asked = json.loads((tmp_path / "best" / "run.json").read_text())
    assert asked["config"]["hidden"] == [8]
    assert asked["recipe"]["epochs"] == 4
    assert asked["recipe"]["learning_rate"] == pytest.approx(
        found.best.settings["recipe.learning_rate"], 1e-4
    )


def test_settings_of_forecasts_are_searched_too(tmp_path, capsys):
    times = pd.date_range("2020-01-01", periods=80, freq="D")
    rows = pd.DataFrame({"day": times, "y": np.sin(np.arange(80) * 2 * np.pi / 7)})
    both = pd.concat([rows.assign(**{"the shop": name}) for name in "ab"])
    path = tmp_path / "two shops.csv"
    both.to_csv(path, index=False)
    asked = ["mlp", str(path), "--target", "y", "--series", "the shop", "--epochs", "3"]
    assert run(["tune", *asked, "--horizon", "2", "--trials", "2"]) == 0
    words = shlex.split(capsys.readouterr().out.splitlines()[-1])[1:]
    assert run([*words, "--out", str(tmp_path), "--name", "best", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["task"] == "forecasting"
    assert run(["tune", *asked]) == 2
    assert "--series is for forecasting: say --horizon N as well" in capsys.readouterr().err


def test_a_study_in_a_file_can_be_joined(tmp_path):
    where = str(tmp_path / "study.log")
    tune.tune(quick(storage=where, trials=2))
    assert len(tune.tune(quick(storage=where, trials=2)).trials) == 4


def test_the_test_part_decides_nothing(monkeypatch):
    """Whatever is done to the test part, the study finds the same."""
    from nna.workbench import tune as module

    before = tune.tune(quick()).trials
    gathered = module.gather

    def spoilt(*args, **changes):
        material = gathered(*args, **changes)
        material.parts["test"].x[:] = np.nan
        return material

    monkeypatch.setattr(module, "gather", spoilt)
    assert tune.tune(quick()).trials == before


@pytest.mark.parametrize("sampler", ["random", "grid"])
def test_other_ways_of_searching(sampler):
    assert len(tune.tune(quick(sampler=sampler, trials=2)).trials) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"trials": 0}, "must be at least 1"),
        ({"sampler": "guess"}, "there are: tpe, random, grid"),
        ({"reference": "elm", "settings": {}, "recipe": {}}, "no validation loss to search"),
        ({"reference": "mpl"}, "mlp"),
    ],
)
def test_what_is_wrong_is_told(changes, message):
    with pytest.raises(UserError, match=message):
        tune.tune(quick(**changes))


@pytest.mark.parametrize(("metric", "better"), [("f1", max), ("log_loss", min)])
def test_the_metric_asked_for_decides_and_stands_in_the_command(metric, better, tmp_path, capsys):
    draw = np.random.default_rng(0)
    rare = draw.random(240) < 0.25
    frame = pd.DataFrame(draw.normal(size=(240, 2)) + rare[:, None], columns=["a", "b"])
    path = tmp_path / "t.csv"
    frame.assign(kind=np.where(rare, "the bad", "good")).to_csv(path, index=False)
    asked = ["tune", "mlp", str(path), "--target", "kind", "--trials", "3", "--epochs", "3"]
    asked += ["--metric", metric, "--positive", "the bad", "--class-weights", "the bad=3"]
    assert run([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["watched"] == f"validation {metric.replace('_', ' ')}"
    values = [one["value"] for one in found["trials"] if one["value"] is not None]
    assert len({*values}) > 1
    assert found["best"]["value"] == better(values)
    words = shlex.split(found["command"])[1:]
    assert run([*words, "--out", str(tmp_path), "--name", "best", "--json"]) == 0
    kept = json.loads((tmp_path / "best" / "run.json").read_text())
    assert (kept["metric"], kept["positive"]) == (metric, "the bad")
    good, bad = kept["recipe"]["class_weights"]
    assert bad == pytest.approx(3 * good)
    history = [json.loads(line) for line in (tmp_path / "best" / "metrics.jsonl").open()]
    assert better(line[found["watched"]] for line in history) == pytest.approx(
        found["best"]["value"], abs=1e-3
    )


def test_trials_judged_in_different_ways_never_mix(tmp_path):
    storage = str(tmp_path / "study.log")
    for metric, trials in (("accuracy", 2), (None, 1), ("accuracy", 1)):
        found = tune.tune(quick(metric=metric, trials=trials, storage=storage))
        assert len(found.trials) == {("accuracy", 2): 2, (None, 1): 1}.get((metric, trials), 3)
    with pytest.raises(UserError, match="no metric 'f9'"):
        tune.tune(quick(metric="f9"))
