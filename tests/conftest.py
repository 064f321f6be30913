"""What every test process is set to before anything of nna is imported.

One Keras backend a process: JAX here, TensorFlow in a process of its own (test_twins). The suite
judges the same cases every time; `--hypothesis-profile=explore` draws new ones.
"""

import os
import sys
from importlib.machinery import PathFinder

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# What depends on how busy the machine is decides nothing.
UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, **UNTIMED)
settings.register_profile("explore", derandomize=False, **UNTIMED)
settings.load_profile("repeatable")


class AsWritten:
    """Finds what is written in Keras ahead of jaxtyping, whose wrappers hide signatures from it."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        return PathFinder.find_spec(fullname, path, target) if fullname.endswith("_keras") else None


@pytest.hookimpl(trylast=True)
def pytest_configure():
    sys.meta_path.insert(0, AsWritten)
