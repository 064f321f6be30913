"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

import keras
from keras import layers

from nna.architectures.recurrent.lstm.spec import Config


def lstm(config: Config) -> keras.Model:
    """The same network as `model.LSTM`: Keras, too, orders the gates i, f, g, o."""
    series = keras.Input((None, config.channels))
    hidden = layers.LSTM(config.hidden, name="body")(series)
    return keras.Model(series, layers.Dense(config.classes, name="head")(hidden))
