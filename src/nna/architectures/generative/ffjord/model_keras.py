"""Keras twin of `model.py`: part by part, under the same names.

The trace is carried along by hand, for Keras has no derivative that holds on every backend: what
the field's layers do to a small step, one after the other.
"""

import math
from itertools import pairwise
from typing import Any

import keras
from keras import layers, ops

from nna.architectures.generative.ffjord.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check
Moving = tuple[KerasTensor, KerasTensor]  # points, and how much the log-density changed so far


class Dynamics(layers.Layer):
    """f(z, t): the velocity of every point at a time, and what small steps there do to it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        sizes = (config.features, *config.hidden, config.features)
        self.layers = [layers.Dense(c_out) for _, c_out in pairwise(sizes)]

    def call(self, z: KerasTensor, steps: KerasTensor, time: float) -> Moving:
        """Velocities `(b, d)` of `z`, and the Jacobian times each of `steps` `(b, s, d)`."""
        clock = ops.full_like(z[:, :1], time)
        for number, layer in enumerate(self.layers):
            if number:
                steps = steps * ops.sigmoid(z)[:, None]  # the derivative of softplus
                z = ops.softplus(z)
            z = layer(ops.concatenate([clock, z], axis=1))
            steps = ops.matmul(steps, layer.kernel[1:])  # the time doesn't move
        return z, steps


class FFJORD(keras.Model):
    """The same network as `model.FFJORD`; `fit(table)` maximises the likelihood.

    Args:
        config: its sizes.
        probes: of Hutchinson's estimator in training; 0: the exact trace.
    """

    def __init__(self, config: Config, probes: int = 0) -> None:
        super().__init__()
        if config.solver_steps < 1:
            raise ValueError(f"solver_steps must be at least 1, not {config.solver_steps}")
        self.features, self.solver_steps = config.features, config.solver_steps
        self.probes = probes
        self.dynamics = Dynamics(config)
        self.signs = keras.random.SeedGenerator(0)

    def call(self, table: KerasTensor) -> KerasTensor:
        """Where examples `(b, d)` arrive."""
        return self.flow(table, 0.0, 1.0)

    def flow(self, z: KerasTensor, start: float, end: float) -> KerasTensor:
        """Where points are at `end` that were at `z` at `start`; to flow back, end before it."""
        none = ops.zeros_like(z[:, None])[:, :0]
        return self._follow(z, none, start, end)[0]

    def log_density(self, table: KerasTensor, probe: KerasTensor | None = None) -> KerasTensor:
        """Logarithm of the density of examples `(b,)`; with a probe `(b, d)` an estimate."""
        axes = ops.ones_like(table)[:, :, None] * ops.eye(self.features)
        steps = axes if probe is None else probe[:, None]
        z, change = self._follow(table, steps, 0.0, 1.0)
        normal: Any = -0.5 * ops.square(z) - 0.5 * math.log(2 * math.pi)
        return change + ops.sum(normal, axis=1)

    def _follow(self, z: KerasTensor, steps: KerasTensor, start: float, end: float) -> Moving:
        """From one time to another in even steps; the trace is that seen along `steps`."""

        def field(time: float, z: KerasTensor) -> Moving:
            velocity, moved = self.dynamics(z, steps, time=time)
            return velocity, ops.sum(moved * steps, axis=(1, 2))

        step, state = (end - start) / self.solver_steps, (z, ops.zeros_like(z[:, 0]))
        for i in range(self.solver_steps):
            state = runge_kutta(state, start + i * step, step, field)
        return state

    def compute_loss(self, x: Any = None, *_: Any, training: bool = True, **__: Any) -> KerasTensor:
        """Minus the mean log-density; by probes in training alone."""
        if not (self.probes and training):
            return -ops.mean(self.log_density(x))
        shape, draws = ops.shape(x), range(self.probes)
        coins = [keras.random.randint(shape, 0, 2, "int32", self.signs) for _ in draws]
        found = [ops.mean(self.log_density(x, 2.0 * ops.cast(c, x.dtype) - 1)) for c in coins]
        return -sum(found) / self.probes


def runge_kutta(state: Moving, at: float, step: float, field: Any) -> Moving:
    """One step of the classical formula: four velocities, the middle two counting twice."""

    def moved(by: float, velocity: Moving) -> KerasTensor:
        return state[0] + by * velocity[0]

    one = field(at, state[0])
    two = field(at + step / 2, moved(step / 2, one))
    three = field(at + step / 2, moved(step / 2, two))
    four = field(at + step, moved(step, three))
    slopes = zip(one, two, three, four, strict=True)
    x, change = (step / 6 * (a + 2 * b + 2 * c + d) for a, b, c, d in slopes)
    return state[0] + x, state[1] + change
