"""Where a network computes is said by one word, everywhere; who asks it need not know."""

import copy
import json
import shutil

import pytest
import torch
from torch import nn

import nna
from nna import cli
from nna.cli import commands
from nna.errors import UserError
from nna.training import devices
from nna.workbench import tune
from nna.workbench.data_source import Source

ESTIMATORS = (nna.Classifier, nna.Regressor, nna.AnomalyDetector, nna.Embedder, nna.Forecaster)


class Witness(nn.Module):
    """Notes where its inputs lie; its answer stays there."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))
        self.seen = []

    def forward(self, x, mask=None):
        self.seen += [x.device.type] + ([] if mask is None else [mask.device.type])
        return torch.ones(len(x)), "no tensor"


def test_a_model_on_a_device_is_asked_from_the_cpu():
    model = devices.placed(Witness(), torch.device("meta"))
    for one in (model, copy.deepcopy(model)):
        answer, other = one(torch.zeros(3), mask=torch.zeros(3))
        assert one.seen == ["meta", "meta"]
        assert (answer.device.type, other) == ("cpu", "no tensor")
        assert devices.input_device(one).type == "cpu"
        assert one.weight.device.type == "meta"
        one.seen.clear()


def test_on_the_cpu_a_model_stays_as_it_is():
    model = Witness()
    assert devices.answering(model, "cpu") is model
    assert not model._forward_hooks
    assert devices.input_device(model).type == "cpu"


@pytest.fixture
def plain(monkeypatch):
    """A machine without accelerators."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    recipe = {"epochs": 1}
    return nna.train("mlp", "iris", out=tmp_path_factory.mktemp("runs"), recipe=recipe, quiet=True)


@pytest.mark.parametrize(
    "words",
    [
        ["train", "mlp", "iris"],
        ["resume", "UNFINISHED"],
        ["evaluate", "RUN"],
        ["predict", "RUN", "iris"],
        ["explain", "RUN"],
        ["tune", "mlp", "iris"],
        ["compare", "iris"],
        ["recommend", "iris"],
        ["family", "convolutional"],
    ],
    ids=lambda words: words[0],
)
def test_every_command_that_runs_networks_refuses_a_device_that_is_not_there(
    words, run, plain, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    unfinished = shutil.copytree(run.folder, tmp_path / "runs" / "unfinished")
    (unfinished / "model.safetensors").unlink()
    before = [*tmp_path.rglob("*")]
    folders = {"RUN": str(run.folder), "UNFINISHED": str(unfinished)}
    words = [folders.get(word, word) for word in words]
    for device, said in (("cuda", "no CUDA device here"), ("tpu", "no device 'tpu'; there are")):
        assert cli.run([*words, "--device", device]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line
    assert [*tmp_path.rglob("*")] == before


def test_the_functions_and_estimators_take_it_too(run, plain):
    search = tune.Search(reference="mlp", origin=Source(data="iris"), device="cuda")
    asked = [
        lambda: nna.load(run.folder, device="cuda"),
        lambda: nna.compare("iris", device="cuda"),
        lambda: nna.recommend("iris", device="cuda"),
        lambda: tune.tune(search),
        lambda: nna.Classifier(device="cuda").fit([[0.0], [1.0]] * 9, [0, 1] * 9),
    ]
    for ask in asked:
        with pytest.raises(UserError, match="no CUDA device here"):
            ask()
    assert all(kind().get_params()["device"] == "auto" for kind in ESTIMATORS)
    assert devices.named("auto").type == "cpu"
    on_cpu = nna.load(run.folder, device="auto").predict("iris")
    assert on_cpu == nna.load(run.folder).predict("iris")


def test_a_run_begun_on_a_device_that_is_gone_goes_on_where_the_refusal_says(
    run, plain, tmp_path, capsys
):
    left = shutil.copytree(run.folder, tmp_path / "left")
    (left / "model.safetensors").unlink()
    asked = json.loads((left / "run.json").read_text()) | {"device": "cuda"}
    (left / "run.json").write_text(json.dumps(asked))
    assert cli.run(["resume", str(left)]) == 2
    assert capsys.readouterr().err.endswith("there is no CUDA device here; --device cpu is\n")
    assert cli.run(["resume", str(left), "--device", "cpu"]) == 0
    now = (left / "model.safetensors").read_bytes()
    assert now == (run.folder / "model.safetensors").read_bytes()


def test_only_what_reads_or_proves_goes_without_a_device():
    """Proofs, experiments and blocks' trials compute on the processor, where they were stored."""
    on_processor = {"verify", "lab", "blocks"}
    reading = {"list", "show", "tree", "lineage", "diff", "search", "errata", "atlas", "data"}
    reading |= {"guide", "exercise", "script"}
    every = commands.build().commands
    without = {
        name
        for name, one in every.items()
        if "--device" not in {option for each in one.params for option in each.opts}
    }
    assert without == on_processor | reading | {"doctor"}
