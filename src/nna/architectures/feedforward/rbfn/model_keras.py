"""Keras twin of `model.py`: part by part, under the same names."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.feedforward.rbfn.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check


class RBFN(keras.Model):
    """The same network as `model.RBFN`, for inputs `(b, features)`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        drawn = keras.initializers.RandomNormal(stddev=1.0)
        fit = keras.initializers.Constant(config.features**0.5)
        self.centres = self.add_weight((config.units, config.features), drawn, name="centres")
        self.widths = self.add_weight((config.units,), fit, name="widths")
        self.head = layers.Dense(config.classes)

    def hidden(self, table: KerasTensor) -> KerasTensor:
        """Each unit's answer: 1 at its centre, 0.61 a width away, below 1e-7 at six widths."""
        apart: Any = ops.square(table[:, None] - self.centres)
        return ops.exp(-ops.sum(apart, -1) / (2 * ops.square(self.widths)))

    def call(self, table: KerasTensor) -> KerasTensor:
        """Scores `(b, classes)`."""
        return self.head(self.hidden(table))
