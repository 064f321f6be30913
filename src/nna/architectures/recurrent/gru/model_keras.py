"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

import keras
from keras import layers

from nna.architectures.recurrent.gru.spec import Config


def gru(config: Config) -> keras.Model:
    """The same network as `model.GRU`; Keras lists the update gate first."""
    series = keras.Input((None, config.channels))
    hidden = layers.GRU(config.hidden, reset_after=False, name="body")(series)
    return keras.Model(series, layers.Dense(config.classes, name="head")(hidden))
