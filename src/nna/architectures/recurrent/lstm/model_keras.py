"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.recurrent.lstm.spec import Config


def lstm(config: Config) -> keras.Model:
    """The same network as `model.LSTM`: Keras, too, orders the gates i, f, g, o."""

    def biases(shape: tuple[int, ...], dtype: str | None = None) -> Any:
        """The forget gates' at `forget_bias`."""
        return ops.cast(ops.repeat([0.0, config.forget_bias, 0.0, 0.0], config.hidden), dtype)

    series = keras.Input((None, config.channels))
    body = layers.LSTM(config.hidden, bias_initializer=biases, unit_forget_bias=False, name="body")
    hidden = body(series)
    return keras.Model(series, layers.Dense(config.classes, name="head")(hidden))
