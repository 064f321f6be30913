"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

from collections.abc import Mapping

import keras
from keras import layers
from torch import Tensor

from nna.architectures.recurrent.gru.model import Recurrence
from nna.architectures.recurrent.gru.spec import Config
from nna.twins import Layout, update_first


def _laid_out(own: Recurrence) -> list[Tensor | None]:
    w, u, bias = map(update_first, (own.weight_ih, own.weight_hh, own.bias))
    return [w.T, u.T, bias]


LAYOUTS: Mapping[type, Layout] = {Recurrence: _laid_out}


def gru(config: Config) -> keras.Model:
    """The same network as `model.GRU`; Keras lists the update gate first."""
    series = keras.Input((None, config.channels))
    hidden = layers.GRU(config.hidden, reset_after=False, name="body")(series)
    return keras.Model(series, layers.Dense(config.classes, name="head")(hidden))
