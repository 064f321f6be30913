"""Keras twin of `model.py`: part by part, under the same names."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.generative.gan.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check


class Maxout(layers.Layer):
    """Units that take the greatest of k affine pieces each (Goodfellow et al. 2013, section 3)."""

    def __init__(self, units: int, pieces: int) -> None:
        super().__init__()
        self.units, self.of = units, pieces
        self.pieces = layers.Dense(units * pieces)

    def call(self, x: KerasTensor) -> KerasTensor:
        """`(b, units)`."""
        return ops.max(ops.reshape(self.pieces(x), (-1, self.units, self.of)), axis=2)


def generator(config: Config) -> keras.Sequential:
    """G: rectified layers from noise to an example (section 5)."""
    net = keras.Sequential([keras.Input((config.noise,))])
    for units in config.hidden:
        net.add(layers.Dense(units))
        net.add(layers.ReLU())
    net.add(layers.Dense(config.features))
    if config.output == "logistic":
        net.add(layers.Activation("sigmoid"))
    return net


def discriminator(config: Config) -> keras.Sequential:
    """D: maxout layers with dropout from an example to the log-odds that it is real (section 5)."""
    net = keras.Sequential([keras.Input((config.features,))])
    for units in config.discriminator_hidden:
        net.add(Maxout(units, config.maxout_pieces))
        net.add(layers.Dropout(config.dropout))
    net.add(layers.Dense(1))
    return net


class GAN(keras.Model):
    """The same players as `model.GAN`; calling it only forges. `Game` trains both."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if not config.hidden or not config.discriminator_hidden:
            raise ValueError("generator and discriminator need a hidden layer each")
        self.noise = config.noise
        self.generator = generator(config)
        self.discriminator = discriminator(config)

    def call(self, noise: KerasTensor) -> KerasTensor:
        """Forge `(b, features)` from noise `(b, noise)`."""
        return self.generator(noise)


class Game(keras.Model):
    """Both players' training: after `compile(optimizer)`, `fit(table)` lets them move at once."""

    def __init__(self, players: GAN) -> None:
        super().__init__()
        self.players = players
        self.draws = keras.random.SeedGenerator(0)

    def call(self, table: KerasTensor, training: bool | None = None) -> KerasTensor:
        """What both lose by each example `(b, 1)`, each through its own weights alone.

        The discriminator loses by taking data for forged, or forged for data; the generator by
        forgeries that are told, in the form that doesn't saturate (section 3).
        """
        judge, draws = self.players.discriminator, (ops.shape(table)[0], self.players.noise)
        forged = self.players(keras.random.normal(draws, seed=self.draws))
        real = judge(table, training=training)
        told = judge(ops.stop_gradient(forged), training=training)
        held = [(v, ops.stop_gradient(v.value)) for v in judge.trainable_variables]
        with keras.StatelessScope(held):  # the judge's weights are no lever of the forger's
            believed = judge(forged, training=False)
        return ops.softplus(-real) + ops.softplus(told) + ops.softplus(-believed)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any
    ) -> Any:
        """The mean over examples."""
        return ops.mean(y_pred)
