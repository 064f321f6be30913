"""One Keras backend a process: JAX here, TensorFlow in a process of its own (test_twins)."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
