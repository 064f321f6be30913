"""Several seeds in one command, and the device that a training is to run on."""

import json

import numpy as np
import pytest
import torch
from scipy import stats

import nna
from nna.cli import run as command
from nna.errors import UserError
from nna.training import devices
from nna.training.runs import open_run
from nna.workbench.train import material_of


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    recipe = {"epochs": 2}
    return nna.train_seeds("perceptron", "iris", 4, seed=3, out=out, recipe=recipe, quiet=True)


def test_the_mean_and_its_interval_are_those_of_the_runs(found):
    runs = [open_run(folder) for folder in found.runs]
    values = [run.results()["metrics"]["accuracy"]["value"] for run in runs]
    told = found.metrics["accuracy"]
    assert told.values == values
    assert told.mean == pytest.approx(np.mean(values))
    assert told.std == pytest.approx(np.std(values, ddof=1))
    sem = stats.sem(values)
    if sem:
        ends = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=sem)
        assert (told.low, told.high) == pytest.approx(ends)


def test_seeds_differ_in_weights_and_order_but_not_in_the_parts(found):
    runs = [open_run(folder) for folder in found.runs]
    assert [run.request.seed for run in runs] == [3, 4, 5, 6]
    first = np.asarray(material_of(runs[0]).raw["test"].y)
    for run in runs[1:]:
        assert (np.asarray(material_of(run).raw["test"].y) == first).all()
    states = [nna.load(run.folder).model.state_dict() for run in runs]
    name = next(iter(states[0]))
    assert not torch.equal(states[0][name], states[1][name])


def test_the_command_tells_mean_and_interval(tmp_path, capsys):
    asked = ["train", "perceptron", "iris", "--epochs", "1", "--out", str(tmp_path)]
    assert command([*asked, "--seeds", "2", "--name", "own", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [path.rpartition("/")[2] for path in told["runs"]] == ["own-seed0", "own-seed1"]
    assert told["metrics"]["accuracy"]["low"] is None  # two say nothing of their spread
    assert command([*asked, "--seeds", "2", "--name", "own"]) != 0
    assert "own-seed0 exists" in capsys.readouterr().err
    assert command([*asked, "--seeds", "1"]) != 0
    assert "--seeds must be at least 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("gpu", "no device 'gpu'"),
        ("cpu:0", "no device"),
        ("cuda:", "no device"),
        ("cuda", "no CUDA device here"),
        ("cuda:1", "no CUDA device here"),
    ],
)
def test_a_device_that_is_not_there_is_told(monkeypatch, name, line):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match=line):
        devices.fabric(device=name)


def test_of_several_devices_one_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert devices._device("cuda:1", 1) == ("cuda", 1)
    for name, processes, line in (("cuda:2", 1, "cuda:0 to cuda:1"), ("cuda:1", 2, "torchrun")):
        with pytest.raises(UserError, match=line):
            devices._device(name, processes)


def test_a_run_keeps_its_device(tmp_path):
    run = nna.train(
        "perceptron", "iris", out=tmp_path, device="cpu", recipe={"epochs": 1}, quiet=True
    )
    assert open_run(run.folder).request.device == "cpu"
    assert devices.fabric(device="cpu").device.type == "cpu"
