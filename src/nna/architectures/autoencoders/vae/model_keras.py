"""Keras twin of `model.py`. Layers bear their torch names, "_" for "."."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from nna.architectures.autoencoders.vae.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check


def _bent(name: str, units: Sequence[int], activation: str) -> list[layers.Dense]:
    """Layers numbered as in torch's list, where activations count too."""
    return [layers.Dense(n, activation, name=f"{name}_{2 * i}") for i, n in enumerate(units)]


class VAE(keras.Model):
    """The same network as `model.VAE`; `fit(table, table)` maximises the bound.

    Args:
        config: its sizes.
        beta: weighs the divergence.
        deviation: of Gaussian examples.
    """

    def __init__(self, config: Config, beta: float = 1.0, deviation: float = 1.0) -> None:
        super().__init__()
        self.logistic, self.beta, self.deviation = config.output == "logistic", beta, deviation
        down = tuple(reversed(config.hidden))
        self.encoder_layers = _bent("encoder", config.hidden, config.activation)
        self.mean = layers.Dense(config.code, name="mean")
        self.log_var = layers.Dense(config.code, name="log_var")
        last = layers.Dense(config.features, name=f"decoder_{2 * len(down)}")
        self.decoder_layers = [*_bent("decoder", down, config.activation), last]
        self.noise = keras.random.SeedGenerator(0)
        self.log_var.build((None, (config.features, *config.hidden)[-1]))  # call does without it
        self(ops.zeros((1, config.features)))

    def encode(self, table: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
        """Mean and log-variance of the code."""
        for layer in self.encoder_layers:
            table = layer(table)
        return self.mean(table), self.log_var(table)

    def decode(self, code: KerasTensor) -> KerasTensor:
        """The mean of examples with this code."""
        for layer in self.decoder_layers:
            code = layer(code)
        return ops.sigmoid(code) if self.logistic else code

    def call(self, table: KerasTensor) -> KerasTensor:
        """What the mean of the code decodes to."""
        return self.decode(self.encode(table)[0])

    def compute_loss(self, x: Any = None, *_: Any, **__: Any) -> KerasTensor:
        """Minus the bound, a mean over examples of sums over numbers."""
        mean, log_var = self.encode(x)
        eps = keras.random.normal(ops.shape(mean), seed=self.noise)
        out = self.decode(mean + ops.exp(0.5 * log_var) * eps)
        if self.logistic:
            on: Any = ops.clip(out, 1e-7, 1 - 1e-7)
            fits = x * ops.log(on) + (1 - x) * ops.log(1 - on)
        else:
            constant = math.log(self.deviation) + 0.5 * math.log(2 * math.pi)
            off: Any = ops.square((x - out) / self.deviation)
            fits = -0.5 * off - constant
        apart = -0.5 * (1 + log_var - ops.square(mean) - ops.exp(log_var))
        divergence: Any = ops.sum(apart, 1)
        return ops.mean(self.beta * divergence - ops.sum(fits, 1))
