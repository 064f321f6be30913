"""Keras twin of `model.py`, channels last: part by part, under the same names."""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops

from nna.architectures.hybrid.neural_ode.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check
Field = Callable[[float, KerasTensor], KerasTensor]  # the velocity of a state at a time


def norm(width: int) -> layers.GroupNormalization:
    """Group norm, two maps a group."""
    return layers.GroupNormalization(width // 2, epsilon=1e-5)


class TimedConv(layers.Layer):
    """A 3x3 convolution that reads the time as one further map."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = layers.Conv2D(width, 3, padding="same")

    def call(self, x: KerasTensor, time: float) -> KerasTensor:
        """Maps of the same shape."""
        clock = ops.full_like(x[..., :1], time)
        return self.conv(ops.concatenate([clock, x], axis=-1))


class Dynamics(layers.Layer):
    """f(h, t): the velocity of the hidden state (equation 2), two convolutions with norms."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = norm(width), norm(width), norm(width)
        self.conv1, self.conv2 = TimedConv(width), TimedConv(width)

    def call(self, x: KerasTensor, time: float) -> KerasTensor:
        """Maps of the same shape."""
        hidden = self.conv1(ops.relu(self.norm1(x)), time=time)
        return self.norm3(self.conv2(ops.relu(self.norm2(hidden)), time=time))


def rk4(field: Field, x: KerasTensor, steps: int) -> KerasTensor:
    """From time 0 to 1 in equal steps of the 3/8 rule (Kutta 1901), four evaluations each."""
    step = 1 / steps
    for i in range(steps):
        at = i * step
        one = field(at, x)
        two = field(at + step / 3, x + step / 3 * one)
        three = field(at + 2 * step / 3, x + step * (two - one / 3))
        four = field(at + step, x + step * (one - two + three))
        x = x + step / 8 * (one + 3 * two + 3 * three + four)
    return x


class NeuralODE(keras.Model):
    """The same network as `model.NeuralODE` in even steps, for inputs `(b, h, w, channels)`.

    Gradients go through the solver's steps; the adjoint is the original's alone.

    Raises:
        ValueError: adaptive steps are wanted, whose number a compiled graph can't know; or sizes
            don't fit.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.solver != "rk4" or config.solver_steps < 1:
            raise ValueError("the Keras twin solves in even steps: solver 'rk4', 1 step or more")
        if config.width % 2:
            raise ValueError(f"width {config.width} must be even: norms take two maps together")
        width = config.width
        self.steps = config.solver_steps
        self.stem = keras.Sequential([layers.Conv2D(width, 3)])
        for _ in range(config.subsampling):
            self.stem.add(norm(width))
            self.stem.add(layers.ReLU())
            halve = [layers.ZeroPadding2D(1), layers.Conv2D(width, 4, 2)]
            self.stem.add(keras.Sequential(halve))
        self.dynamics = Dynamics(width)
        self.norm = norm(width)
        self.head = layers.Dense(config.classes)

    def flow(self, x: KerasTensor) -> KerasTensor:
        """h(1) from h(0): the layers, all of them."""
        return rk4(lambda time, state: self.dynamics(state, time=time), x, self.steps)

    def call(self, image: KerasTensor) -> KerasTensor:
        """Scores `(b, classes)`."""
        arrived = ops.relu(self.norm(self.flow(self.stem(image))))
        return self.head(ops.mean(arrived, axis=(1, 2)))
