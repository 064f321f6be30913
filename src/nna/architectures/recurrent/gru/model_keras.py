"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.recurrent.gru.spec import Config


def gru(config: Config) -> keras.Model:
    """The same network as `model.GRU`; Keras lists the update gate first."""

    def biases(shape: tuple[int, ...], dtype: str | None = None) -> Any:
        """The update gates', which Keras lists first, at `gate_bias`."""
        return ops.cast(ops.repeat([config.gate_bias, 0.0, 0.0], config.hidden), dtype)

    series = keras.Input((None, config.channels))
    body = layers.GRU(config.hidden, reset_after=False, bias_initializer=biases, name="body")
    hidden = body(series)
    return keras.Model(series, layers.Dense(config.classes, name="head")(hidden))
