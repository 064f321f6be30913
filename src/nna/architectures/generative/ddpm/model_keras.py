"""Keras twin of `model.py` and `sampler.py`, channels last: part by part, under the same names."""

import math
from itertools import pairwise
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from nna.architectures.generative.ddpm.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check


def alpha_bars(timesteps: int) -> np.ndarray:
    """Share of the picture's own variance that is left after each step (above equation 4)."""
    betas = np.linspace(0.1, 20.0, timesteps) / timesteps
    return np.cumprod(1 - betas)


def sinusoids(timestep: KerasTensor, width: int) -> KerasTensor:
    """Sines, then cosines, of angles that grow by 1 a step down to 1 in 10,000 steps."""
    half = width // 2
    rates = np.exp(-math.log(10_000) * np.arange(half) / (half - 1)).astype("float32")
    angles = ops.cast(timestep, "float32") * ops.convert_to_tensor(rates)
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=1)


def norm(config: Config) -> layers.GroupNormalization:
    """Group norm with a smaller eps than either library's own."""
    return layers.GroupNormalization(config.groups, epsilon=1e-6)


def conv(c_out: int, start: str = "glorot_uniform") -> layers.Conv2D:
    """A 3x3 convolution that keeps the size."""
    return layers.Conv2D(c_out, 3, padding="same", kernel_initializer=start)


class Residual(layers.Layer):
    """Norm, swish, convolution, twice; the timestep is added between, the input at the end."""

    def __init__(self, c_in: int, c_out: int, config: Config) -> None:
        super().__init__()
        self.norm1, self.conv1 = norm(config), conv(c_out)
        self.time = layers.Dense(c_out)
        self.norm2, self.conv2 = norm(config), conv(c_out, "zeros")
        self.drop = layers.Dropout(config.dropout)
        self.shortcut = layers.Identity() if c_in == c_out else layers.Conv2D(c_out, 1)

    def call(self, x: KerasTensor, time: KerasTensor) -> KerasTensor:
        """Maps `(b, h, w, c_out)`."""
        hidden = self.conv1(ops.silu(self.norm1(x)))
        hidden = hidden + self.time(ops.silu(time))[:, None, None]
        return self.shortcut(x) + self.conv2(self.drop(ops.silu(self.norm2(hidden))))


class Attention(layers.Layer):
    """Each pixel asks all of them, with one head, and adds the answer to itself."""

    def __init__(self, width: int, config: Config) -> None:
        super().__init__()
        self.norm = norm(config)
        self.qkv = layers.Dense(3 * width)
        self.proj = layers.Dense(width, kernel_initializer="zeros")

    def call(self, x: KerasTensor) -> KerasTensor:
        """Maps of the same shape."""
        b, h, w, c = ops.shape(x)
        pixels = ops.reshape(self.norm(x), (b, h * w, c))
        query, key, value = ops.split(self.qkv(pixels), 3, axis=-1)
        scores = ops.matmul(query, ops.swapaxes(key, -2, -1)) / c**0.5
        attn_out = ops.matmul(ops.softmax(scores), value)
        return x + ops.reshape(self.proj(attn_out), (b, h, w, c))


class Block(layers.Layer):
    """A residual block, with attention behind it where maps have `attention_side` pixels."""

    def __init__(self, c_in: int, c_out: int, side: int, config: Config) -> None:
        super().__init__()
        self.residual = Residual(c_in, c_out, config)
        attends = side == config.attention_side
        self.attention = Attention(c_out, config) if attends else layers.Identity()

    def call(self, x: KerasTensor, time: KerasTensor) -> KerasTensor:
        """Maps `(b, h, w, c_out)`."""
        return self.attention(self.residual(x, time))


def downsample(width: int) -> keras.Sequential:
    """A 3x3 convolution of stride 2, padded on the right and below only."""
    pad = layers.ZeroPadding2D(((0, 1), (0, 1)))
    return keras.Sequential([pad, layers.Conv2D(width, 3, strides=2)])


def upsample(width: int) -> keras.Sequential:
    """Every pixel twice both ways, then a 3x3 convolution."""
    return keras.Sequential([layers.UpSampling2D(2), conv(width)])


class DDPM(keras.Model):
    """The same network as `model.DDPM`, for inputs `[image, timestep]`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        first = config.widths[0]
        self.timesteps, self.first = config.timesteps, first
        self.picture = (config.side, config.side, config.channels)
        time = [layers.Dense(4 * first), layers.Activation("silu"), layers.Dense(4 * first)]
        self.time = keras.Sequential(time)
        self.stem = conv(first)
        down, up = [], []
        skips, below = [first], first  # channels of the maps that the way up joins
        for level, width in enumerate(config.widths):
            inputs = [below] + [width] * (config.depth - 1)
            side = config.side >> level
            down.append([Block(c, width, side, config) for c in inputs])
            skips += [width] * (config.depth + (level + 1 < len(config.widths)))
            below = width
        self.middle1, self.middle2 = (Residual(below, below, config) for _ in range(2))
        self.attention = Attention(below, config)
        for level, width in reversed([*enumerate(config.widths)]):
            joined = [c + skips.pop() for c in [below] + [width] * config.depth]
            up.append([Block(c, width, config.side >> level, config) for c in joined])
            below = width
        self.down, self.up = down, up
        self.downsample = [downsample(width) for width in config.widths[:-1]]
        self.upsample = [upsample(width) for width in reversed(config.widths[1:])]
        self.norm, self.head = norm(config), conv(config.channels, "zeros")

    def call(self, inputs: list[KerasTensor], training: bool | None = None) -> KerasTensor:
        """The noise `(b, side, side, channels)` in pictures, at timesteps `(b, 1)`."""
        image, timestep = inputs
        time = self.time(sinusoids(timestep, self.first))
        x = self.stem(image)
        skips = [x]
        for level, blocks in enumerate(self.down):
            for block in blocks:
                x = block(x, time, training=training)
                skips.append(x)
            if level < len(self.downsample):
                x = self.downsample[level](x)
                skips.append(x)
        x = self.attention(self.middle1(x, time, training=training))
        x = self.middle2(x, time, training=training)
        for level, blocks in enumerate(self.up):
            for block in blocks:
                x = block(ops.concatenate([x, skips.pop()], axis=-1), time, training=training)
            if level < len(self.upsample):
                x = self.upsample[level](x)
        return self.head(ops.silu(self.norm(x)))

    def sample(self, count: int, seed: int, steps: int | None = None, eta: float = 1.0) -> Any:
        """Pictures `(count, side, side, channels)`, in the units that the network learnt.

        Args:
            count: how many.
            seed: decides them.
            steps: timesteps that are visited, evenly spaced; None: all.
            eta: share of the posterior's deviation drawn anew at every step: 1 is ancestral
                sampling (algorithm 2), 0 draws nothing after the first noise (DDIM: Song 2021,
                equation 12).

        Raises:
            ValueError: fewer steps than one, or more than there are timesteps.
        """
        draws = np.random.default_rng(seed)
        x = ops.convert_to_tensor(draws.standard_normal((count, *self.picture), "float32"))
        for timestep, levels in spaced(self.timesteps, steps):
            eps = self([x, ops.full((count, 1), timestep, "int32")], training=False)
            fresh = ops.convert_to_tensor(draws.standard_normal(x.shape, "float32"))
            x = step_back(x, ops.stop_gradient(eps), fresh, levels, eta)
        return x


def spaced(timesteps: int, steps: int | None) -> list[tuple[int, tuple[float, float]]]:
    """The timesteps to visit, last first, with alpha bar there and at the one visited next."""
    steps = timesteps if steps is None else steps
    if not 1 <= steps <= timesteps:
        raise ValueError(f"steps must be 1 to {timesteps}, the network's timesteps, not {steps}")
    visited = [timesteps * (i + 1) // steps - 1 for i in reversed(range(steps))]
    left = [*alpha_bars(timesteps)[visited].tolist(), 1.0]
    return [*zip(visited, pairwise(left), strict=True)]


def step_back(
    x: KerasTensor, eps: KerasTensor, fresh: KerasTensor, levels: tuple[float, float], eta: float
) -> KerasTensor:
    """Pictures with less noise.

    Args:
        x: pictures.
        eps: the noise in them, as the network predicts it.
        fresh: standard normal numbers.
        levels: share of the picture's variance left in `x`, and that to be left then.
        eta: share of the posterior's deviation that is drawn anew.
    """
    now, then = levels
    clean = (x - (1 - now) ** 0.5 * eps) / now**0.5
    variance = eta**2 * (1 - then) / (1 - now) * (1 - now / then)
    return then**0.5 * clean + (1 - then - variance) ** 0.5 * eps + variance**0.5 * fresh


class Denoising(keras.Model):
    """A network's training: after `compile(optimizer)`, `fit(images)` teaches it to tell noise.

    Equation 14 and algorithm 1. An optimizer with `use_ema=True` keeps the moving average.
    """

    def __init__(self, network: DDPM) -> None:
        super().__init__()
        self.network = network
        self.draws = keras.random.SeedGenerator(0)

    def call(self, image: KerasTensor, training: bool | None = None) -> KerasTensor:
        """The squared error of the noise in each number, at a timestep drawn for each picture."""
        timesteps = self.network.timesteps
        timestep = keras.random.randint((ops.shape(image)[0], 1), 0, timesteps, seed=self.draws)
        noise = keras.random.normal(ops.shape(image), seed=self.draws)
        schedule = ops.convert_to_tensor(alpha_bars(timesteps).astype("float32"))
        left = ops.take(schedule, timestep, axis=0)[..., None, None]
        noisy = ops.sqrt(left) * image + ops.sqrt(1 - left) * noise
        return ops.square(self.network([noisy, timestep], training=training) - noise)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any
    ) -> Any:
        """The mean over pictures and their numbers."""
        return ops.mean(y_pred)
