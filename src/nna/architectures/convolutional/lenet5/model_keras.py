"""Keras twin of `model.py`, channels last. Layers bear their torch names, "_" for "."."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.convolutional.lenet5.spec import Config


def activate(x: Any, activation: str) -> Any:
    """ReLU, or the scaled tanh of equation 6."""
    return ops.relu(x) if activation == "relu" else 1.7159 * ops.tanh(2 / 3 * x)


def lenet5(config: Config) -> keras.Model:
    """The simplified network, for inputs `(b, 32, 32, channels)`.

    Raises:
        ValueError: the configuration wants parts of 1998 that no Keras layer has.
    """
    if (config.subsampling, config.connections, config.output) == ("trained", "table", "gaussian"):
        raise ValueError("the Keras twin is of the simplified network, not of the 1998 one")
    pool = {"average": layers.AveragePooling2D, "max": layers.MaxPooling2D}[config.subsampling]
    image = keras.Input((32, 32, config.channels))
    x = activate(layers.Conv2D(6, 5, name="body_c1_0")(image), config.activation)
    x = activate(layers.Conv2D(16, 5, name="body_c3_0")(pool(2)(x)), config.activation)
    x = activate(layers.Conv2D(120, 5, name="body_c5_0")(pool(2)(x)), config.activation)
    x = activate(layers.Dense(84, name="f6_0")(layers.Flatten()(x)), config.activation)
    return keras.Model(image, layers.Dense(config.classes, name="head")(x))
