"""`tools/new.py`: a new folder, and the list of what it lacks."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nna import contract, registry
from nna.errors import UserError

TOOL = Path(__file__).parents[1] / "tools" / "new.py"


def load():
    spec = importlib.util.spec_from_file_location("new", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


new = load()


def tool(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOL), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory) -> tuple[Path, str]:
    """A root with a fresh "tiny_gru", and what was said on its creation."""
    root = tmp_path_factory.mktemp("families")
    done = tool("tiny_gru", "recurrent", "--root", root)
    assert done.returncode == 0, done.stderr
    return root, done.stdout


def test_the_folder_is_whole(laid_out):
    root, said = laid_out
    folder = root / "recurrent" / "tiny_gru"
    files = [path for path in folder.iterdir() if path.is_file()]  # no folder of bytecode
    assert {path.name for path in files} == {
        "__init__.py",
        "spec.py",
        "paper.bib",
        "model.py",
        "parity.py",
        "card.md",
        "test_tiny_gru.py",
    }
    assert said.startswith(f"created {folder}\n")
    told = "".join(p.read_text() for p in files)
    assert "@" not in re.sub("@(dataclass|inproceedings|article)", "", told)
    assert "class TinyGru(nn.Module):" in (folder / "model.py").read_text()


@pytest.mark.exhaustive
def test_every_file_imports_cleanly(laid_out):
    code = (
        "import importlib; from nna import architectures\n"
        f"architectures.__path__.insert(0, {str(laid_out[0])!r})\n"
        "home = 'nna.architectures.recurrent.tiny_gru.'\n"
        "for file in ('spec', 'model', 'parity', 'test_tiny_gru'): "
        "importlib.import_module(home + file)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_list_names_each_gap(laid_out):
    root, said = laid_out
    lines = [line.split(maxsplit=1) for line in said.splitlines() if line.startswith("  ")]
    gaps = {line[0]: line[1] for line in lines}
    assert gaps["declaration"] == "paper.bib: where is the paper?"
    assert "the lens 'What it is' is empty" in gaps["card"]
    for promise in ("output_shape", "seed_decides", "parameter_counts", "parity", "exports"):
        assert "not written yet" in gaps[promise]
    for lens in contract.LENSES:
        assert any(what.startswith(f"{lens}: ") for what in gaps.values())
    again = said.splitlines()[-1].removeprefix("to see this list again: ").split()
    assert again[-4:] == ["--check", "tiny_gru", "--root", str(root)]
    assert [Path(word).name for word in again[:2]] == [Path(sys.executable).name, "new.py"]


def test_the_template_keeps_no_promise_of_a_model_by_accident(laid_out):
    lacking = {line.split()[0] for line in laid_out[1].splitlines() if line.startswith("  ")}
    of_models = {
        "output_shape",
        "examples_do_not_mix",
        "seed_decides",
        "parameter_counts",
        "exports",
        "saves_and_loads",
        "parity",
    }
    assert of_models | {"declaration", "card"} <= lacking


@pytest.mark.slow
def test_its_own_tests_fail_until_they_are_written(laid_out):
    tests = laid_out[0] / "recurrent" / "tiny_gru" / "test_tiny_gru.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tests.parent, check=False)
    assert done.returncode == 1
    assert "2 failed" in done.stdout


@pytest.mark.slow
def test_wrong_counts_are_told_once_there_is_a_model(laid_out, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(laid_out[0], root)
    model = root / "recurrent" / "tiny_gru" / "model.py"
    written = model.read_text().replace(
        'raise NotImplementedError("model.py: the layers are not written yet")',
        "self.head = nn.Linear(config.features, config.classes)",
    )
    model.write_text(written)
    done = tool("--check", "tiny_gru", "--root", root)
    assert done.returncode == 1
    assert "parameter_counts       desk: 650 parameters, not 0" in done.stdout
    assert "output_shape           model.py: forward is not written yet" in done.stdout
    assert "seed_decides" not in done.stdout


@pytest.mark.slow
def test_a_finished_folder_has_nothing_left(tmp_path):
    home = tmp_path / "feedforward"
    shutil.copytree(registry.folder("mcculloch_pitts"), home / "mcculloch_pitts")
    (home / "__init__.py").touch()
    done = tool("--check", "mcculloch_pitts", "--root", tmp_path)
    assert done.stdout == "\nmcculloch_pitts: 0 promises not kept, 0 places to fill in\n"
    assert done.returncode == 0


@pytest.mark.exhaustive
def test_a_broken_spec_is_told(laid_out, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(laid_out[0], root)
    (root / "recurrent" / "tiny_gru" / "spec.py").write_text("SPEC = Architecture(")
    done = tool("--check", "tiny_gru", "--root", root)
    assert done.returncode == 1
    assert "can't be read: SyntaxError" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("name", "family", "said"),
    [
        ("GRU", "recurrent", "'GRU' is no id: write it in snake case, such as 'gru'"),
        ("tiny-gru", "recurrent", "such as 'tiny_gru'"),
        ("2gru", "recurrent", "is no id"),
        ("gru_", "recurrent", "is no id"),
        ("lambda", "recurrent", "is no id"),
        ("../evil", "recurrent", "is no id"),
        ("resnet", "recurrent", "there is an architecture 'resnet' already"),
        ("taken", "recurrent", "there is an architecture 'taken' already"),
        ("tiny_gru", "recurent", "no family 'recurent'; did you mean recurrent?"),
        ("tiny_gru", "zzz", "no family 'zzz'; the families are: autoencoders,"),
        ("tiny_gru", None, "where does tiny_gru belong?"),
    ],
)
def test_bad_wishes_are_refused_and_nothing_is_written(tmp_path, name, family, said):
    (tmp_path / "hybrid" / "taken").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match=said.replace("?", r"\?")):
        new.create(name, family, tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_refusal_is_one_line_and_status_2():
    done = tool("resnet", "recurrent")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("new: there is an architecture 'resnet' already")
    assert len(done.stderr.splitlines()) == 1
    assert tool("--check", "resnt").stderr.startswith("new: no architecture 'resnt'; did you mean")


def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    def files(name, family):
        yield "spec.py", "begun"
        raise OSError("disk full")

    monkeypatch.setattr(new, "_files", files)
    with pytest.raises(OSError, match="disk full"):
        new.create("tiny_gru", "recurrent", tmp_path)
    assert [path.name for path in (tmp_path / "recurrent").iterdir()] == ["__init__.py"]
