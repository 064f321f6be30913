"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.recurrent.gru_reset_after.spec import Config


def gru_reset_after(config: Config) -> keras.Model:
    """The same network as `model.GRUResetAfter`; Keras lists the update gate first."""

    def biases(shape: tuple[int, ...], dtype: str | None = None) -> Any:
        """The update gates', which Keras lists first, at `gate_bias`: once, of the two rows."""
        of_input = ops.repeat([config.gate_bias, 0.0, 0.0], config.hidden)
        return ops.cast(ops.stack([of_input, ops.zeros_like(of_input)]), dtype)

    series = keras.Input((None, config.channels))
    body = layers.GRU(config.hidden, reset_after=True, bias_initializer=biases, name="body")
    hidden = body(series)
    return keras.Model(series, layers.Dense(config.classes, name="head")(hidden))
