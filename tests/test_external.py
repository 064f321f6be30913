"""An architecture of one's own, in a folder anywhere or in another package, is a full citizen."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nna
from nna import external, ledger, objectives, registry
from nna.cli import run as command
from nna.errors import UserError

NAME = "my_network"
EVIL = "import pathlib; pathlib.Path(r'{mark}').write_text('executed')\n"


def lay_out(home: Path, name: str = NAME) -> Path:
    """A copy of elm under another name, its files importing each other as those of a package do."""
    folder = home / name
    shutil.copytree(registry.folder("elm"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "test_elm.py").rename(folder / f"test_{name}.py")
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("nna.architectures.feedforward.elm.", "."), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(external, "_modules", {})
    monkeypatch.setattr(external, "_folders", {})
    monkeypatch.setenv(external.VARIABLE, "")
    yield lay_out(tmp_path)
    registry.describe.cache_clear()
    for module in [name for name in sys.modules if name.startswith(external.PREFIX)]:
        del sys.modules[module]


def fresh(arguments, home, **more):
    """The command line in a process of its own."""
    return process(["-m", "nna", *map(str, arguments)], home, **more)


def process(arguments, home, **more):
    words = [sys.executable, *arguments]
    source = str(Path(nna.__file__).parents[1])
    environment = {key: value for key, value in os.environ.items() if key != external.VARIABLE}
    python_path = os.pathsep.join([source, *more.pop("path", ())])
    environment |= {"PYTHONPATH": python_path, **more}
    return subprocess.run(words, cwd=home, env=environment, capture_output=True, text=True)


def test_it_is_built_trained_and_asked_by_its_folder(folder, tmp_path):
    model = nna.build(folder, features=4, classes=3)
    assert type(model).__name__ == type(nna.build("elm")).__name__
    made = nna.train(folder, "iris", out=tmp_path / "runs", quiet=True)
    assert made.request.architecture == f"{NAME}/desk"
    assert len(nna.load(made.folder).predict("iris")) == 150
    same = nna.train("elm", "iris", out=tmp_path / "runs", quiet=True)
    assert made.results()["metrics"] == same.results()["metrics"]


def test_it_is_used_as_the_imported_module_that_it_is(folder, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(folder.parent)
    module = importlib.import_module(NAME)
    x = np.random.default_rng(0).normal(size=(60, 3))
    made = nna.Classifier(module).fit(x, (x[:, 0] > 0).astype(int))
    assert made.fitted_.reference == f"{NAME}/desk"
    assert type(made.fitted_.model).__module__ == f"{NAME}.model"
    made.save(tmp_path / "kept")
    again = nna.Classifier.load(tmp_path / "kept")
    assert np.array_equal(again.predict(x), made.predict(x))


def test_it_may_bring_an_objective_of_its_own(folder, tmp_path):
    """Learnt by under its name, with its settings, and by another process as well."""
    (folder / "objective.py").write_text(RULE, encoding="utf-8")
    spec = (folder / "spec.py").read_text(encoding="utf-8")
    own = 'objectives=("pseudo_inverse", "my_ridge", '
    (folder / "spec.py").write_text(spec.replace('objectives=("pseudo_inverse", ', own), "utf-8")
    assert "my_ridge" not in objectives.names()
    made = nna.train(
        folder,
        "iris",
        out=tmp_path,
        name="run",
        quiet=True,
        objective="my_ridge",
        settings={"objective.ridge": 0.5},
    )
    assert made.request.recipe["objective_settings"] == {"ridge": 0.5}
    assert made.results()["metrics"]["accuracy"]["value"] > 0.6
    with pytest.raises(
        UserError, match=r"my_ridge has no setting objective.margin; it has: .*ridge"
    ):
        nna.train(folder, "iris", objective="my_ridge", settings={"objective.margin": 1})
    other = lay_out(tmp_path / "elsewhere", "her_network")
    for file in ("objective.py", "spec.py"):
        shutil.copy(folder / file, other / file)
    nna.register(other)
    with pytest.raises(UserError, match="her_network and my_network both bring an objective"):
        objectives.get("my_ridge")


RULE = """
from dataclasses import dataclass

import torch

from nna.learning.base import WithoutGradient
from nna.learning.losses import error_rate, numbers
from nna.learning.models import adjustable
from nna.learning.settings import setting


@dataclass(frozen=True)
class Ridge(WithoutGradient):
    ridge: float = setting(1.0, 0)

    kind = "closed form"
    tasks = ("classification",)
    watch = None

    def update(self, model, batch, turn):
        linear, seen = adjustable(model, batch)
        wanted = numbers(batch.target, seen.new_empty(len(seen), linear.out_features))
        square = seen.T @ seen + self.ridge * torch.eye(seen.shape[1])
        linear.weight.copy_(torch.linalg.solve(square, seen.T @ wanted).T)
        return self.measure(model, batch)

    def measure(self, model, batch):
        return {"error": error_rate(model(**batch.inputs), batch.target)}


OBJECTIVES = {"my_ridge": Ridge}
"""


def test_variants_are_named_behind_the_folder(folder):
    assert registry.identify(f"{folder}/xor") == f"{NAME}/xor"
    assert registry.identify(str(folder)) == NAME
    assert registry.identify("resnet/50@imagenet1k") == "resnet/50@imagenet1k"


def test_it_stands_among_the_others_once_it_is_known(folder):
    assert NAME not in registry.names()
    assert nna.register(folder) == NAME
    assert NAME in registry.names()
    assert registry.family(NAME) == registry.EXTERNAL
    assert registry.folder(NAME) == folder
    assert nna.describe(NAME).name == nna.describe("elm").name


@pytest.mark.slow
def test_all_its_promises_are_verified(folder):
    entries = [*ledger.verify([registry.identify(str(folder))], behaviour=False)]
    assert len(entries) > 15
    assert {entry.state for entry in entries} == {"proven"}
    spec = (folder / "spec.py").read_text(encoding="utf-8")
    assert "params=6_000" in spec
    (folder / "spec.py").write_text(spec.replace("params=6_000", "params=6_001"), encoding="utf-8")
    registry.describe.cache_clear()
    for module in [name for name in sys.modules if name.startswith(external.PREFIX + NAME + ".")]:
        del sys.modules[module]
    counts = [e for e in ledger.verify([NAME], behaviour=False) if e.check == "parameter counts"]
    assert counts[0].state == "broken"


@pytest.mark.exhaustive
def test_the_command_line_compares_trains_and_predicts_in_fresh_processes(folder, tmp_path):
    made = fresh(["train", f"./{NAME}", "iris", "--name", "run"], tmp_path)
    assert made.returncode == 0, made.stderr
    assert f"nna predict runs/run --code ./{NAME}" in made.stdout
    alone = fresh(["predict", "runs/run", "iris"], tmp_path)
    assert alone.returncode == 2
    assert re.search(rf"architecture '{NAME}'.*by --code FOLDER", alone.stderr)
    assert alone.stderr.count("\n") == 1
    asked = fresh(["predict", "runs/run", "iris", "--code", NAME], tmp_path)
    assert asked.returncode == 0, asked.stderr
    words = [
        "compare",
        "iris",
        "--models",
        f"./{NAME},elm",
        "--folds",
        "5",
        "--jobs",
        "2",
        "--json",
    ]
    compared = fresh([*words, "--out", "c"], tmp_path)
    assert compared.returncode == 0, compared.stderr
    rows = {row["name"]: row["mean"] for row in json.loads(compared.stdout)["rows"]}
    assert {NAME, "elm"} < rows.keys()
    assert rows[NAME] > 0.6


@pytest.mark.slow
def test_another_package_brings_its_own_by_an_entry_point(folder, tmp_path):
    package = tmp_path / "site" / "their_package"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    shutil.copytree(folder, package / NAME)
    about = tmp_path / "site" / "their_package-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: their-package\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        f"[{external.GROUP}]\n{NAME} = their_package.{NAME}\n", encoding="utf-8"
    )
    site = [str(tmp_path / "site")]
    asked = (
        ["list", "--family", registry.EXTERNAL, "--json"],
        ["train", NAME, "iris", "--name", "run", "--json"],
        ["predict", "runs/run", "iris", "--json"],
    )
    code = f"from nna.cli import run; print([run(words) for words in {asked}])"
    done = process(["-c", code], tmp_path, path=site)
    assert done.stdout.splitlines()[-1] == "[0, 0, 0]", done.stderr
    listed, _ = json.JSONDecoder().raw_decode(done.stdout)
    assert [entry["id"] for entry in listed] == [NAME]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("./nowhere", "nowhere: no folder of an architecture, it has no spec.py"),
        ("{home}/mlp", "the library has an architecture 'mlp'; call yours otherwise"),
        ("{home}/My-Net", "its name is its id: write it in snake case"),
        ("{home}/other/my_network", "'my_network' is already the architecture in"),
    ],
)
def test_a_folder_that_cannot_be_taken_is_refused_in_a_line(folder, tmp_path, where, said, capsys):
    nna.register(folder)
    for name in ("mlp", "My-Net", "other/my_network"):
        home = tmp_path / name
        home.mkdir(parents=True)
        for file in ("spec.py", "model.py"):
            (home / file).write_text("", encoding="utf-8")
    assert command(["train", where.format(home=tmp_path), "iris"]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


FAULTS = {  # what is wrong in a file, and what is told of it
    "a word too many": ("spec.py", "{text}def (\n", "spec.py, line {count}: invalid syntax"),
    "a package that isn't there": (
        "spec.py",
        "import no_such_package\n{text}",
        "spec.py, line 1: ModuleNotFoundError: No module named 'no_such_package'",
    ),
    "nothing declared": ("spec.py", "SPECS = 1\n", "spec.py has no SPEC"),
    "something else declared": ("spec.py", "SPEC = 1\n", "SPEC in spec.py is no spec.Architecture"),
    "another class": ("model.py", "class Other: ...\n", "model.py has no ELM, which spec.py names"),
    "an error at once": ("model.py", "1 / 0\n", "model.py, line 1: ZeroDivisionError: division by"),
    "an error when built": (
        "model.py",
        "class ELM:\n    def __init__(self, config):\n        config.nowhere\n",
        "model.py, line 3: AttributeError: 'Config' object has no attribute 'nowhere'",
    ),
    "an error when asked": (
        "model.py",
        "{text}        return self.nowhere(table)\n",
        "model.py, line {count}: AttributeError: 'ELM' object has no attribute 'nowhere'",
    ),
    "shapes that don't fit": (
        "model.py",
        "{text}        return table @ table\n",
        "iris: the model can't take these values: ",
    ),
    "no task": ("task.py", "TASKS = 1\n", "task.py has no TASK"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_in_a_file_of_ones_own_is_told_in_a_line(folder, fault, capsys):
    file, text, said = FAULTS[fault]
    old = (folder / file).read_text(encoding="utf-8") if (folder / file).exists() else ""
    if "when asked" in fault or "shapes" in fault:
        old = old[: old.rindex("        return")]
    (folder / file).write_text(text.replace("{text}", old), encoding="utf-8")
    task = ["--task", "my_own"] if file == "task.py" else []
    assert command(["train", str(folder), "iris", "--epochs", "1", *task]) == 2
    err = capsys.readouterr().err
    count = (folder / file).read_text(encoding="utf-8").count("\n")
    assert said.replace("{count}", str(count)) in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "reference", ["{evil}", "{evil}/desk", "./evil_net", "{evil}@x", "../evil_net"]
)
def test_nothing_that_a_file_names_is_executed(folder, tmp_path, reference, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mark = tmp_path / "mark"
    evil = tmp_path / "evil_net"
    evil.mkdir()
    for file in ("__init__.py", "spec.py", "model.py"):
        (evil / file).write_text(EVIL.format(mark=mark), encoding="utf-8")
    made = nna.train("mlp", "iris", out=tmp_path, name="run", recipe={"epochs": 1}, quiet=True)
    path = made.folder / "run.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain["architecture"] = reference.format(evil=evil)
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(UserError):
        nna.load(made.folder)
    x = np.random.default_rng(0).normal(size=(40, 3))
    nna.Classifier("elm").fit(x, (x[:, 0] > 0).astype(int)).save(tmp_path / "kept")
    path = tmp_path / "kept" / "estimator.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain["fitted"]["reference"] = reference.format(evil=evil)
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(UserError):
        nna.Classifier.load(tmp_path / "kept")
    assert not mark.exists()
