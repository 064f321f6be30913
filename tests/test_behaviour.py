"""Every architecture learns its signature task within its recipe, and beats its baseline.

What the ledger holds is not trained again while the code computes the same: a probe tells. `nna
verify` and `make docs` train in any case.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nna
from nna import ledger, probe, registry
from nna.workbench import signature


@pytest.mark.parametrize("name", registry.names())
def test_what_is_stored_of_the_signature_task_is_still_computed(name):
    again = f"measure it again: python tools/docs.py {name}"
    assert ledger.kept(name), f"{name} did not learn it; {again}"
    told = signature.stale(name)
    assert told is None, f"{name} is stale ({told}); {again}"


# --- What a probe tells apart -----------------------------------------------------------------

NAME = "cnn1d"
FOLDER = f"architectures/convolutional/{NAME}"
HOST = """
import importlib, json, sys
import jinja2, lightning_fabric, matplotlib, pandas, scipy.stats, sklearn.linear_model, torch
from sklearn import datasets, metrics, model_selection, preprocessing

name, *roots = sys.argv[1:]
for root in roots:
    for module in [one for one in sys.modules if one.split(".")[0] == "nna"]:
        del sys.modules[module]
    sys.path.insert(0, root)
    importlib.invalidate_caches()
    from nna.workbench import signature
    print("probe", json.dumps(signature.probe_of(name)), flush=True)
    sys.path.remove(root)
"""
OLD = {  # an old processor's kernels, and as many threads as are not used here
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "OMP_NUM_THREADS": "2",
    "OMP_WAIT_POLICY": "passive",  # threads that wait take no processor's time
}


def change(root, path, old, new):
    """Replace a piece of a file's text."""
    text = (root / path).read_text(encoding="utf-8")
    assert old in text, path
    put(root, path, text.replace(old, new))


def put(root, path, text):
    """Write a file; where it is linked to another root's, that one keeps its own."""
    (root / path).unlink(missing_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def reformatted(root):
    """Nothing of layout and comments is left."""
    for folder in (FOLDER, "blocks", "data", "learning", "objectives", "training", "workbench"):
        for path in (root / folder).rglob("*.py"):
            put(root, path.relative_to(root), ast.unparse(ast.parse(path.read_text("utf-8"))))


def renamed(root):
    """Every local variable has another name, and what is logged as well."""
    for folder in (FOLDER, "blocks", "data", "learning", "objectives", "training", "workbench"):
        for path in (root / folder).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            for node in ast.walk(tree):
                inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
                nested = [n for n in ast.walk(node) if isinstance(n, inner) and n is not node]
                if isinstance(node, ast.FunctionDef) and not nested:
                    rename(node)
            put(root, path.relative_to(root), ast.unparse(tree))
    change(root, "learning/losses.py", "'error':", "'error rate':")


def rename(function):
    """Give the local variables of a function other names."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    kept = {n for node in ast.walk(function) if isinstance(node, ast.Global) for n in node.names}
    given = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)} - kept - given
    for node in names:
        node.id = f"renamed_{node.id}" if node.id in own else node.id


def moved(root, summed="evidence.sum(dim=2)"):
    """The model in a file beside its own, a function of the loop in another module."""
    path = f"{FOLDER}/model.py"
    tree = ast.parse((root / path).read_text("utf-8"))
    own = next(n for n in tree.body if getattr(n, "name", "") == "CNN1D")
    tree.body.remove(own)
    package = f"nna.{FOLDER.replace('/', '.')}"
    tree.body.append(ast.parse(f"from {package}.body import CNN1D").body[0])
    imports = (
        f"import torch\nfrom torch import Tensor, nn\nfrom jaxtyping import Float\n"
        f"from {package}.spec import Config\n"
    )
    text = ast.unparse(own).replace("evidence.sum(dim=2)", summed)
    put(root, f"{FOLDER}/body.py", imports + text)
    put(root, path, ast.unparse(tree))
    tree = ast.parse((root / "training/loop.py").read_text("utf-8"))
    own = next(n for n in tree.body if getattr(n, "name", "") == "measure")
    tree.body.remove(own)
    tree.body.insert(2, ast.parse("from nna.training.measuring import measure").body[0])
    imports = (
        "import torch\nfrom torch import nn\nfrom nna.learning.base import Objective\n"
        "from nna.training.in_memory import Tensors\n"
    )
    put(root, "training/measuring.py", imports + ast.unparse(own))
    put(root, "training/loop.py", ast.unparse(tree))


SAME = {"reformatted": reformatted, "renamed": renamed, "moved": moved}
OTHER = {  # five that no fingerprint of the model and its imports sees, and what else decides
    "the lookup of objectives": lambda root: change(
        root,
        "objectives/__init__.py",
        '{__name__}.{name}"',
        "{__name__}.{name.replace('cross_entropy', 'squared_error')}\"",
    ),
    "the judge": lambda root: change(
        root, "workbench/signature.py", "not aim.beats(figure)", "figure.beats(aim)"
    ),
    "a package's __init__": lambda root: put(
        root,
        f"{FOLDER}/__init__.py",
        "from . import model\nforward = model.CNN1D.forward\n"
        "model.CNN1D.forward = lambda self, series: forward(self, 1.0001 * series)\n",
    ),
    "a file beside the model": lambda root: moved(root, "evidence.mean(dim=2)"),
    "the rate": lambda root: change(
        root, f"{FOLDER}/spec.py", "learning_rate=", "learning_rate=1.0001 * "
    ),
    "the schedule": lambda root: change(
        root, "training/optimisers.py", "max(1.0, total - warm)", "max(1.0, total + 1 - warm)"
    ),
    "the split": lambda root: change(
        root, "data/splits/split.py", "test: float = 0.2,", "test: float = 0.21,"
    ),
    "a scaling": lambda root: change(
        root,
        "data/scaling.py",
        "(np.float64) - mean) / spread",
        "(np.float64) - mean) / spread / 1.0001",
    ),
    "the best weights": lambda root: change(
        root, "training/loop.py", "checkpoint.put_weights(self.model, self.at.best_weights)", "pass"
    ),
    "an interval": lambda root: change(
        root, "workbench/evaluation/intervals.py", "LEVEL = 0.95", "LEVEL = 0.94"
    ),
}


# What fooled a fingerprint, the data's change apart; the rest waits for `make test-all`.
FEW = ("moved", "the lookup of objectives", "the judge", "a package's __init__")
FEW += ("a file beside the model",)
REST = tuple(what for what in (*SAME, *OTHER) if what not in FEW)


def probes_of(asked, top):
    """The probe of a copy of the package by what is changed, on an old processor's kernels.

    One process imports what all of them need, and computes all.
    """
    first = top / "as it is"
    left = shutil.ignore_patterns("app", "cli", "guide", "lab", "__pycache__", "test_*.py")
    shutil.copytree(Path(nna.__file__).parent, first / "nna", ignore=left)
    changes = {**SAME, **OTHER}
    for what in asked:
        if what in changes:
            shutil.copytree(first, top / what, copy_function=os.link)
            changes[what](top / what / "nna")
    roots = [str(top / what) for what in asked]
    done = subprocess.run(
        [sys.executable, "-c", HOST, NAME, *roots],
        env={**os.environ, **OLD, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("probe ")]
    assert len(lines) == len(roots), done.stderr[-2000:]
    found = [json.loads(line.removeprefix("probe ")) for line in lines]
    return dict(zip(asked, found, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    "kinds", [FEW, pytest.param(REST, marks=pytest.mark.exhaustive)], ids=["few", "rest"]
)
def test_what_computes_the_same_has_the_same_probe_and_nothing_else_has(kinds, tmp_path):
    found = probes_of(("as it is", *kinds), tmp_path)
    stored = probe.read(registry.folder(NAME) / signature.PROBE)
    same = {what for what, fresh in found.items() if probe.differs(stored, fresh) is None}
    assert same == {"as it is", *SAME} & {*found}


def test_one_pixel_of_others_data_has_another_probe(monkeypatch):
    from sklearn import datasets

    pixels, digit = datasets.load_digits(return_X_y=True)
    changed = np.array(pixels)
    changed[-1, 20] += 1  # of 16
    monkeypatch.setattr(datasets, "load_digits", lambda **_: (changed, digit))
    told = signature.stale("mlp")
    assert told is not None
    assert told.startswith("data")
