"""The judge says what is right, what isn't yet and where, by computing; it never compares text."""

import importlib
import itertools
import json
import subprocess
import sys
from contextlib import contextmanager
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


HERE = Path(__file__).parent
# What a drawn change leaves as it was, by architecture and framework: "before -> after", and why.
EQUIVALENT = json.loads((HERE / "equivalent.json").read_text(encoding="utf-8"))
WANTED, MOST = 10, 60  # faults that run; faults that are drawn for them
LEAST = 3  # a network of five lines has no ten
BROKEN = ("Python", "import", "runs", "crash")  # said of what doesn't even run


def faults(name, framework, seed=7):
    """Faults of a solution in an order that a seed decides, but for those that change nothing."""
    file = blanks.exercise(name, framework).path
    drawn = draw.drawn(name, {file.name: file.read_text(encoding="utf-8")}, seed)
    known = EQUIVALENT.get(f"{name} {framework}", {})
    harmless = {one.fault for one in mutants.Store(mutants.KEPT, name).results if one.reason}
    for fault in drawn:
        if fault.key not in harmless and f"{fault.before} -> {fault.after}" not in known:
            yield fault


def survivors(name, framework, judge_one):
    """Of ten faults that run, or as many as there are, those that no line was said about."""
    source, ran, left = reference(name, framework), 0, []
    for fault in itertools.islice(faults(name, framework), MOST):
        what, why = judge_one(draw.apply(source, fault))
        assert bool(what) == bool(why.strip()), (fault.key, what)
        assert "Traceback" not in why, why
        if what not in BROKEN:
            ran += 1
            left += [] if what else [f"{fault.kind}: {fault.key}"]
        if ran == WANTED:
            break
    assert ran >= LEAST
    assert judge_one(source) == ("", "")  # the solution itself, after all that
    return left


@contextmanager
def judging(name, folder):
    """A function that says what is first not right in a source in PyTorch."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(HERE / "judging.py"), name, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    to, back = process.stdin, process.stdout

    def ask(source):
        print(json.dumps(source), file=to, flush=True)
        told = json.loads(back.readline())
        return told["what"], told["why"]

    try:
        yield ask
    finally:
        process.kill()
        process.wait()


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", THERE)
def test_ten_mistakes_drawn_by_rule_are_caught_with_a_line(name, tmp_path):
    with judging(name, tmp_path) as ask:
        assert survivors(name, "torch", ask) == []


# --- in Keras -----------------------------------------------------------------------------------


@pytest.fixture
def ask_in_keras(tmp_path, monkeypatch):
    """Makes functions that say what is first not right in a source in Keras."""

    def of_architecture(name):
        of, path = blanks.exercise(name, "keras"), tmp_path / "mine.py"
        package = f"nna.architectures.{registry.family(name)}.{name}"
        module = importlib.import_module(f"{package}.model_keras")
        monkeypatch.setitem(sys.modules, module.__name__, module)  # put back in the end
        monkeypatch.setattr(sys.modules[package], "model_keras", module)

        def ask(source):
            text = f"{of.head}\n{source}"
            path.write_text(text, encoding="utf-8")
            for one in judge.judge(path, of, text):
                if one.state == "not yet":
                    return one.what, one.why
            return "", ""

        return ask

    return of_architecture


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [name for name in THERE if registry.describe(name).twin])
def test_ten_mistakes_in_keras_are_caught_with_a_line(name, ask_in_keras):
    assert survivors(name, "keras", ask_in_keras(name)) == []


TRAINED = "(hidden, training=training)"


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("before", "after", "what", "said"),
    [
        ("config.dropout", "config.dropout / 2", "in training", "with the same draws"),
        (f"self.dropout{TRAINED}", "hidden", "in training", "with the same draws"),
        (TRAINED, "(hidden, training=False)", "in training", "with the same draws"),
        ('"glorot_uniform"', '"he_normal"', "initial weights", "starts"),
        ('"zeros"', '"ones"', "initial weights", "starts at 1, not 0"),
        ("ops.relu(", "ops.gelu(", "parity", "Keras twin"),
    ],
)
def test_what_only_training_shows_is_told_in_keras(before, after, what, said, ask_in_keras):
    source = reference("gcn", "keras")
    assert before in source
    ask = ask_in_keras("gcn")
    found, why = ask(source.replace(before, after, 1))
    assert found == what
    assert said in why


@pytest.mark.slow
def test_what_only_training_shows_is_told_in_keras_of_the_smallest(ask_in_keras):
    """Half the dropout of a perceptron: no figure of evaluation knows it."""
    source = reference("mlp", "keras")
    told = ask_in_keras("mlp")(source.replace("(config.dropout)", "(config.dropout / 2)"))
    assert told[0] == "in training"
    assert "with the same draws, what it gives in training differs" in told[1]


@pytest.mark.exhaustive
def test_a_solution_in_keras_that_is_written_otherwise_is_right(ask_in_keras):
    """Other names within, another order of parts, another way to say the same initialiser."""
    source = reference("gcn", "keras")
    other = source.replace("hidden = ops.relu(", "inner = ops.maximum(0.0, ")
    other = other.replace("self.dropout(hidden", "self.dropout(inner")
    first = "        self.first = GraphConvolution(config.features, config.hidden)\n"
    second = "        self.second = GraphConvolution(config.hidden, config.classes)\n"
    assert first + second in other
    other = other.replace(first + second, second + first)
    other = other.replace('"glorot_uniform"', "keras.initializers.GlorotUniform()")
    assert ask_in_keras("gcn")(other) == ("", "")
