"""The Keras twins on TensorFlow; `test_contract` has them on JAX."""

import os
import subprocess
import sys

import pytest

from nna import registry

TWINS = [name for name in registry.names() if registry.describe(name).twin]


@pytest.mark.slow
def test_twins_compute_the_same_on_tensorflow():
    code = (
        "import sys; from nna import contract, registry\n"
        "for name in sys.argv[1:]: print(contract.run(contract.check_twin, name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *TWINS],
        env=os.environ | {"KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Keras twin on tensorflow") == len(TWINS) >= 3
