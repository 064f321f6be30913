"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

import keras
from keras import layers

from nna.architectures.recurrent.elman.spec import Config


def elman(config: Config) -> keras.Model:
    """The same network as `model.Elman`; the second bias of torch's layer is zero."""
    series = keras.Input((None, config.channels))
    hidden = layers.SimpleRNN(config.hidden, name="body")(series)
    return keras.Model(series, layers.Dense(config.classes, name="head")(hidden))
