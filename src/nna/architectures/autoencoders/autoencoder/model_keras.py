"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

from itertools import pairwise
from typing import Any

import keras
from keras import layers as of_keras

from nna.architectures.autoencoders.autoencoder.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check
ACTIVATIONS = {"logistic": "sigmoid", "relu": "relu"}


def layers(x: KerasTensor, name: str, *sizes: int, activation: str) -> KerasTensor:
    """Affine layers numbered as in torch's list, where activations count too."""
    for i, (_, units) in enumerate(pairwise(sizes)):
        x = of_keras.Activation(ACTIVATIONS[activation])(x) if i else x
        x = of_keras.Dense(units, name=f"{name}_{2 * i}")(x)
    return x


def autoencoder(config: Config) -> keras.Model:
    """The same network as `model.Autoencoder`, for inputs `(b, features)`."""
    sizes = (config.features, *config.hidden, config.code)
    table = keras.Input((config.features,))
    code = layers(table, "encoder", *sizes, activation=config.activation)
    x = layers(code, "decoder", *reversed(sizes), activation=config.activation)
    if config.output == "logistic":
        x = of_keras.Activation("sigmoid")(x)
    return keras.Model(table, x)
