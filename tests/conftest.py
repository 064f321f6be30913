"""What every test process is set to before anything of nna is imported.

One Keras backend a process: JAX here, TensorFlow in a process of its own (test_twins). The suite
judges the same cases every time; `--hypothesis-profile=explore` draws new ones.
"""

import os

from hypothesis import settings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("repeatable")
