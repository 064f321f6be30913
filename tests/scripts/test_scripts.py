"""A script stands alone: it needs no nna, computes what nna computes, and reads as its source."""

import ast
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from nna import paired, ports, registry, specimens
from nna.cli import commands
from nna.errors import UserError
from nna.scripts import arrays, inline, on_torch, write
from nna.spec import Graphs
from nna.tasks import translation
from nna.workbench.evaluation import metrics

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
scripts = importlib.import_module("scripts")

NAMES = [name for name in registry.names() if registry.family(name) != registry.EXTERNAL]

TWINS = [name for name in NAMES if registry.describe(name).twin]


@pytest.mark.parametrize("name", NAMES)
def test_the_source_of_every_architecture_stands_alone(name):
    """Nothing of nna is imported, every name is known, and the model computes the same."""
    spec = registry.describe(name)
    package = f"nna.architectures.{registry.family(name)}.{name}"
    taken = inline.Collected(on_torch.INSTEAD)
    taken.take(f"{package}.spec", "Config")
    taken.take(f"{package}.model", spec.model.split(":")[1])
    source = taken.text()
    assert "nna" not in re.findall(r"^(?:from|import) (\w+)", source, re.M)
    assert "jaxtyping" not in source
    head = "from __future__ import annotations\n" + "\n".join(inline.statements(taken.imports))
    module = type(sys)("alone")
    sys.modules["alone"] = module  # where dataclasses look their names up
    exec(compile(f"{head}\n{source}", "alone", "exec"), module.__dict__)
    known = module.__dict__
    config = known[type(spec.tiny).__name__](
        **{f: getattr(spec.tiny, f) for f in spec.tiny.__dataclass_fields__}
    )
    torch.manual_seed(0)
    own = known[taken.called(f"{package}.model", spec.model.split(":")[1])](config).eval()
    model, inputs = specimens.tiny(name, spec).eval(), specimens.sample(spec)
    assert own.state_dict().keys() == model.state_dict().keys()
    for one, other in zip(own.state_dict().values(), model.state_dict().values(), strict=True):
        assert torch.equal(one, other)
    torch.manual_seed(1)
    given = own(**inputs)
    torch.manual_seed(1)
    torch.testing.assert_close(given, model(**inputs), rtol=0, atol=0)


def test_two_things_of_one_name_keep_apart(tmp_path, monkeypatch):
    for file, text in {
        "nna_one": "def part():\n    return 1\n\n\ndef use():\n    return part()\n",
        "nna_two": "from nna_one import use\n\n\ndef part():\n    # why\n    return 10 * use()\n",
    }.items():
        (tmp_path / f"{file}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(inline, "_ours", lambda where: where.startswith("nna"))
    taken = inline.Collected()
    taken.take("nna_two", "part")
    known: dict = {}
    source = taken.text()
    exec(source, known)
    assert known[taken.called("nna_two", "part")]() == 10
    assert "# why" in source


def test_shapes_are_left_out_and_all_else_stays():
    source = 'def f(x: Float[Tensor, "b t"], y: list[str]) -> Int64[Tensor, "b"]:  # why\n    ...'
    assert inline.without_shapes(source) == (
        "def f(x: Tensor, y: list[str]) -> Tensor:  # why\n    ..."
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["perceptron", *(pytest.param(n, marks=pytest.mark.exhaustive) for n in ("flnn", "gcn"))],
)
def test_a_script_runs_without_nna_and_reaches_what_nna_does(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert commands.invoke(["script", name]) == 0
    (figure,) = run(tmp_path / f"{name}_script.py")
    assert figure >= registry.describe(name).signature.threshold
    assert (tmp_path / f"{name}_script.png").read_bytes().startswith(b"\x89PNG")


def run(*paths, backend="jax"):
    """The figures that scripts print, where nna can't be imported."""
    code = "import sys, runpy\nsys.modules['nna'] = None\npaths, sys.argv = sys.argv[1:], ['']\n"
    code += "for path in paths: runpy.run_path(path, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, paths)],
        env=os.environ | {"MPLBACKEND": "agg", "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [float(of) for of in re.findall(r"on the test part: (\S+)$", done.stdout, re.M)]


def test_what_cannot_be_written_is_said_in_a_line_and_nothing_is_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlp_script.py").write_text("mine")
    for words, said in (
        (["mlp"], "mlp_script.py is there already"),
        (["mlp", "--out", "x.txt"], "ends with .py"),
        (["mlp", "--out", "no/x.py"], "there is no folder no"),
        (["mpl"], "no architecture 'mpl'"),
    ):
        with pytest.raises(UserError, match=said):
            commands.invoke(["script", *words])
    assert (tmp_path / "mlp_script.py").read_text() == "mine"


# --- in Keras -----------------------------------------------------------------------------------


def test_every_twin_has_a_script_that_stands_alone(tmp_path):
    """No nna, no name unknown or defined twice, nothing imported in vain."""
    for name in TWINS:
        made = write.script(name, f"{name}_script", "keras")
        tree = ast.parse(made.text)
        top = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert sorted(set(top)) == sorted(top), name
        assert imported(tree) <= {*PACKAGES, *sys.stdlib_module_names}, name
        (tmp_path / f"{name}.py").write_text(made.text, encoding="utf-8")
    ruff = ["ruff", "check", "--isolated", "--select", "F,E9,E501", "--line-length", "100", "."]
    done = subprocess.run(
        [sys.executable, "-m", *ruff], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]


PACKAGES = ("keras", "numpy", "matplotlib", "sklearn")


def imported(tree):
    """The packages that a script imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name.split(".")[0] for name in found}


def short(name, folder):
    """A script of one epoch, written."""
    made = write.script(name, f"{name}_script", "keras")
    path = folder / f"{name}_script.py"
    path.write_text(re.sub(r"(?<=\nEPOCHS, BATCH_SIZE, LEARNING_RATE = )\d+", "1", made.text))
    (folder / f"{name}_script_data.npz").write_bytes(made.data)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("gan", "jax"),
        ("gcn", "tensorflow"),
        pytest.param("gcn", "jax", marks=pytest.mark.exhaustive),
        pytest.param("gan", "tensorflow", marks=pytest.mark.exhaustive),
    ],
)
def test_a_script_in_keras_runs_without_nna_on(name, backend, tmp_path):
    """By rows of arrays, and by batches of its own; an epoch each."""
    path = short(name, tmp_path)
    (figure,) = run(path, backend=backend)
    assert np.isfinite(figure)
    assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_what_has_no_twin_is_refused_in_a_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words, said in (
        (["vgg", "--framework", "keras"], "vgg has no Keras twin; `nna script vgg` writes it"),
        (["mlp", "--framework", "kears"], "--framework kears: did you mean keras?"),
    ):
        with pytest.raises(UserError, match=re.escape(said)):
            commands.invoke(["script", *words])
    assert not list(tmp_path.iterdir())


# --- what both frameworks share -----------------------------------------------------------------


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(1, 4))
def test_figures_are_those_of_runs(seed, classes, steps):
    draws = np.random.default_rng(seed)
    scores = draws.normal(size=(6, steps, classes)).astype("float32")
    target = draws.integers(classes, size=(6, steps))
    nats = torch.nn.functional.cross_entropy(
        torch.tensor(scores).transpose(1, 2), torch.tensor(target), reduction="none"
    )
    own = metrics.language(nats.double().numpy())["bits per byte"].value
    assert arrays.bits_per_byte(scores, target) == pytest.approx(own, rel=1e-5)
    said = translation.judged([*scores.argmax(2)], [*target])
    assert arrays.exact_match(scores, target) == said["exact match"][0].mean()
    assert arrays.accuracy(scores, target) == pytest.approx(said["token accuracy"][0].mean())
    padded = np.append(target, np.full((6, 2), arrays.IGNORED), axis=1)
    longer = np.append(scores, scores[:, :1].repeat(2, axis=1), axis=1)
    assert arrays.exact_match(longer, padded) == arrays.exact_match(scores, target)
    assert arrays.accuracy(longer, padded) == arrays.accuracy(scores, target)
    x, samples = draws.normal(size=(40, 2)), draws.normal(size=(300, 2))
    kinds = draws.integers(classes, size=40)
    assert arrays.mse(x + 0.1, x) == pytest.approx(metrics.reconstruction(x + 0.1, x)["mse"].value)
    drawn = metrics.generation(samples, x, kinds)["modes"].value
    assert arrays.modes(samples, x, kinds) == drawn


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_graphs_are_taken_out_as_they_were_put_in(sizes, chance):
    kept = np.random.default_rng(chance.randrange(2**32))
    port = Graphs(edge_features=2)
    graphs = [
        {
            "nodes": torch.tensor(kept.normal(size=(n, 3))),
            "edges": torch.tensor(kept.integers(n, size=(2, n))),
            "edge_features": torch.tensor(kept.normal(size=(n, 2))),
        }
        for n in sizes
    ]
    whole = {k: v.numpy() for k, v in ports.of(port).collate("graphs", port, graphs).items()}
    rows = kept.permutation(len(sizes))[: chance.randint(1, len(sizes))]
    held = arrays.Examples(whole, {"output": np.arange(len(sizes))})
    found = arrays.some_graphs(held, rows)
    assert len(held) == len(sizes)
    assert found.target.tolist() == rows.tolist()
    wanted = ports.of(port).collate("graphs", port, [graphs[row] for row in rows])
    assert found.inputs.keys() == wanted.keys()
    for key, value in wanted.items():
        np.testing.assert_array_equal(found.inputs[key], value.numpy())


# --- all of them (make test-all) ----------------------------------------------------------------

SCRIPTS = [(name, framework) for name in NAMES for framework in scripts.frameworks(name)]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "framework"), SCRIPTS)
def test_every_script_runs_and_stays_within_the_ten_seeds(name, framework):
    """In Keras, a twin that learns by itself reaches what the signature asks for, too."""
    kept, said = scripts.verdict(name, framework, scripts.outcome(name, framework))
    assert kept, said


def test_what_ran_is_on_the_page_and_as_ten_seeds_gave():
    page = scripts.PAGE.read_text(encoding="utf-8")
    for path in scripts.KEPT.glob("*.json"):
        for framework, found in scripts.stored(path.stem).items():
            if found.done:
                row = f"| {path.stem} | {framework} | {found.metric} {found.figure:.4g} |"
                assert row in page, "write it again: tools/scripts.py --page"
                kept, said = scripts.verdict(path.stem, framework, found)
                told = paired.of_seeds(paired.read(registry.folder(path.stem)))
                assert kept or told is None, f"{path.stem} in {framework}: {said}"


@pytest.mark.parametrize(
    ("name", "framework", "figure", "kept", "said"),
    [
        ("autoencoder", "torch", 0.095, True, "as the ten seeds"),
        ("autoencoder", "torch", 0.02, False, "the ten seeds gave"),  # too good to be true
        ("autoencoder", "keras", 0.5, False, "the ten seeds gave"),
        ("coatnet", "keras", 0.5, False, "misses"),
        ("coatnet", "torch", 0.99, True, "reaches"),
        ("lstm", "keras", float("nan"), False, "no number"),
        ("lstm", "keras", None, False, "ValueError"),
    ],
)
def test_a_script_is_judged_by_what_ten_seeds_gave(name, framework, figure, kept, said):
    found = scripts.Outcome("", scripts.metric_of(name), figure, 0.1, "ValueError: no")
    told = scripts.verdict(name, framework, found)
    assert told[0] == kept
    assert said in told[1]


def test_what_a_script_computes_is_told_apart_from_how_it_is_said():
    made = write.script("perceptron", "script")
    reworded = made.text.replace('"""Train, evaluate', '"""First train, evaluate', 1)
    other = made.text.replace("EPOCHS, BATCH_SIZE, LEARNING_RATE = ", "EPOCHS, LEARNING_RATE = ")
    assert scripts.mark(write.Script(reworded, made.data)) == scripts.mark(made)
    assert scripts.mark(write.Script(other, made.data)) != scripts.mark(made)
