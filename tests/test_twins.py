"""The Keras twins: the same outputs and gradients on every backend, and weights both ways.

One backend a process. All twins are tried on TensorFlow, where nothing is compiled first; on JAX a
sample, and all in `make test-all`, where torch has its turn, too.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nna import registry

TWINS = [name for name in registry.names() if registry.describe(name).twin]
ASKED = Path(__file__).with_name("twins_on_a_backend.py")
# Sums along edges, maps, and gates.
SAMPLE = ("gcn", "lenet5", "lstm")


def _on(backend, *chosen):
    """What is asked of twins, in a process where Keras runs on a backend."""
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=", "--tb=short", *chosen]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pytest", *options, str(ASKED)],
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-500:]


@pytest.mark.slow
def test_all_twins_compute_and_learn_the_same():
    _on("tensorflow", "-m", "not exhaustive")


@pytest.mark.slow
def test_a_sample_of_twins_computes_and_learns_the_same_on_jax():
    _on("jax", "-k", f"computes and ({' or '.join(f'[{name}]' for name in SAMPLE)})")


@pytest.mark.exhaustive
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_all_that_is_asked_holds_on(backend):
    _on(backend)


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_is_written_in_keras_alone(name):
    tree = ast.parse((registry.folder(name) / "model_keras.py").read_text(encoding="utf-8"))
    froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported = {
        a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
    }
    own = {module for module in froms if module and module.startswith("nna.")}
    assert not {"torch", "tensorflow", "jax"} & {of.split(".")[0] for of in froms | imported}
    assert all(module.endswith((f".{name}.spec", "_keras")) for module in own), own
