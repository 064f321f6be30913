"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

import keras
from keras import layers

from nna.architectures.autoencoders.denoising_autoencoder.spec import Config

ACTIVATIONS = {"linear": "linear", "logistic": "sigmoid", "relu": "relu"}


def denoising_autoencoder(config: Config) -> keras.Model:
    """The same network as `model.DenoisingAutoencoder`; a GaussianNoise before it trains it so."""
    table = keras.Input((config.features,))
    code = layers.Dense(config.code, ACTIVATIONS[config.activation], name="encoder")(table)
    return keras.Model(table, layers.Dense(config.features, name="decoder")(code))
