"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

import keras
from keras import layers

from nna.architectures.feedforward.mlp.spec import Config


def mlp(config: Config) -> keras.Model:
    """The same network as `model.MLP`, for inputs `(b, features)`."""
    table = keras.Input((config.features,))
    x = table
    start = "he_uniform" if config.activation == "relu" else "glorot_uniform"
    for i, units in enumerate(config.hidden):
        name = f"body_{i}_linear"
        x = layers.Dense(units, config.activation, kernel_initializer=start, name=name)(x)
        x = layers.Dropout(config.dropout)(x)
    return keras.Model(table, layers.Dense(config.classes, name="head")(x))
