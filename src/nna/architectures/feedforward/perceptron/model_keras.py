"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

import keras
from keras import layers

from nna.architectures.feedforward.perceptron.spec import Config


def perceptron(config: Config) -> keras.Model:
    """The same network as `model.Perceptron`, for inputs `(b, features)`.

    Raises:
        ValueError: fewer than two classes.
    """
    if config.classes < 2:
        raise ValueError(f"one unit a class needs two classes or more, not {config.classes}")
    table = keras.Input((config.features,))
    linear = layers.Dense(config.classes, kernel_initializer="zeros", name="linear")
    return keras.Model(table, linear(table))
