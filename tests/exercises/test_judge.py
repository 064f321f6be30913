"""The judge says what is right, what isn't yet and where, by computing; it never compares text."""

import importlib
import json
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from nna import registry
from nna.cli import commands
from nna.exercises import blanks, judge, layers

TOOLS = Path(__file__).parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
draw = importlib.import_module("mutation.draw")
mutants = importlib.import_module("mutants")

TWENTY_TWO = (
    *("perceptron", "mlp", "rbfn", "lenet5", "alexnet", "resnet", "elman", "lstm", "gru"),
    *("autoencoder", "denoising_autoencoder", "vae", "transformer", "bert", "gpt1", "gpt2"),
    *("albert", "roberta", "distilbert", "gan", "ddpm", "mpnn", "gcn", "coatnet", "neural_ode"),
)
THERE = [name for name in TWENTY_TWO if name in registry.names()]


def judged(capsys, folder, name, source, framework="torch"):
    """What `nna exercise check` says of a source: its report, and how it ends."""
    of = blanks.exercise(name, framework)
    path = folder / f"{name}.py"
    path.write_text(f"{of.head}\n{source}", encoding="utf-8")
    capsys.readouterr()
    code = commands.invoke(["exercise", "check", str(path), "--json"])
    (report,) = json.loads(capsys.readouterr().out)
    return {one["what"]: one for one in report["judgements"]}, code


def reference(name, framework="torch"):
    return blanks.exercise(name, framework).path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_right_solution_passes_and_one_that_is_written_otherwise_too(tmp_path, capsys):
    source = reference("perceptron")
    found, code = judged(capsys, tmp_path, "perceptron", source)
    assert code == 0
    assert {one["state"] for one in found.values()} == {"right"}
    assert {"parity", "parameter counts", "tests", "beside the reference"} <= found.keys()


@pytest.mark.parametrize(
    ("change", "what", "said"),
    [
        (("return ", "return  ("), "Python", "line "),
        (("from torch", "from no_such_module"), "import", "no_such_module"),
    ],
)
def test_what_does_not_even_run_is_told_with_its_line(change, what, said, tmp_path, capsys):
    found, code = judged(capsys, tmp_path, "mlp", reference("mlp").replace(change[0], change[1], 1))
    assert code == 1
    assert found[what]["state"] == "not yet"
    assert said in found[what]["why"]


def test_a_stub_is_told_its_blanks(tmp_path, capsys):
    stub = blanks.stub(blanks.exercise("mlp", "torch"))
    found, code = judged(capsys, tmp_path, "mlp", stub.split("\n", 1)[1])
    assert code == 1
    assert found["blanks"]["why"].startswith("still blank: lines ")


# --- the first layer that differs ---------------------------------------------------------------


class Two(nn.Module):
    def __init__(self, slope=0.1, twice=False):
        super().__init__()
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 2)
        self.activation, self.twice = nn.LeakyReLU(slope), twice

    def forward(self, x):
        return self.second(self.activation(self.first(x))) * (2 if self.twice else 1)


X = {"x": torch.randn(5, 3, generator=torch.Generator().manual_seed(0))}


def test_the_first_layer_that_differs_is_named():
    assert layers.first_difference(Two(), Two(), X) is None
    told = layers.first_difference(Two(0.5), Two(), X)
    assert told == "activation is the first layer that differs: its input is right"
    told = layers.first_difference(Two(twice=True), Two(), X)
    assert told == "all layers agree; what forward does around them differs"


def test_another_input_and_a_layer_left_out_are_told():
    class Shifted(Two):
        def forward(self, x):
            return super().forward(x + 1)

    class Short(Two):
        def forward(self, x):
            return self.second(self.first(x))

    told = layers.first_difference(Shifted(), Two(), X)
    assert told == "first is the first layer that differs: it is given another input"
    assert layers.first_difference(Short(), Two(), X) == "activation is never called"


def test_weights_by_another_name_or_shape_are_told():
    assert layers.unlike_names(Two(), Two()) is None
    other = Two()
    other.first = nn.Linear(3, 5)
    assert layers.unlike_names(other, Two()) == "first.weight has shape (5, 3), not (4, 3)"
    del other.second
    other.last = nn.Linear(4, 2)
    told = layers.unlike_names(other, Two())
    assert told == "no weights called second.weight; last.weight is not among the reference's"


# --- all of it (make test-all) ------------------------------------------------------------------

FRAMEWORKS = [(of.architecture, of.framework) for of in blanks.exercises()]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "framework"), [p for p in FRAMEWORKS if p[0] in THERE])
def test_every_reference_is_right(name, framework, tmp_path, capsys):
    found, code = judged(capsys, tmp_path, name, reference(name, framework), framework)
    assert {key: one for key, one in found.items() if one["state"] != "right"} == {}
    assert code == 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", THERE)
def test_ten_mistakes_drawn_by_rule_are_caught_with_a_line(name, tmp_path, capsys):
    source = reference(name)
    known = mutants.Store(mutants.KEPT, name).results
    harmless = {one.fault for one in known if one.reason.startswith("equivalent")}
    left = []
    faults = (f for f in draw.drawn(name, {"model.py": source}, 7) if f.key not in harmless)
    for _, fault in zip(range(10), faults, strict=False):
        found, code = judged(capsys, tmp_path, name, draw.apply(source, fault))
        wrong = [one for one in found.values() if one["state"] == "not yet"]
        if code != 1 or not all(one["why"] for one in wrong):
            left.append(fault.key)
    assert left == []


# --- in Keras -----------------------------------------------------------------------------------


def mistakes(name, count, folder, monkeypatch):
    """Faults drawn from a twin's source, each with what the judge says is not right yet."""
    of, source = blanks.exercise(name, "keras"), reference(name, "keras")
    module = importlib.import_module(
        f"nna.architectures.{registry.family(name)}.{name}.model_keras"
    )
    monkeypatch.setitem(sys.modules, module.__name__, module)  # put back in the end
    faults = draw.drawn(name, {"model_keras.py": source}, 7)
    for _, fault in zip(range(count), faults, strict=False):
        text = f"{of.head}\n{draw.apply(source, fault)}"
        path = folder / "mine.py"
        path.write_text(text, encoding="utf-8")
        found = [*judge.judge(path, of, text)]
        yield fault.key, [one.why for one in found if one.state == "not yet"]


@pytest.mark.slow
def test_mistakes_in_keras_are_caught_with_a_line(tmp_path, monkeypatch):
    for key, said in mistakes("gcn", 3, tmp_path, monkeypatch):
        assert said, key
        assert all(said), key
