"""Keras twin of `model.py`, channels last. Layers bear their torch names, "_" for "."."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.convolutional.alexnet.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check
RIM = 2  # pixels around the picture


def response_norm(x: KerasTensor, window: int) -> KerasTensor:
    """b_i = a_i / (2 + 1e-4 sum of a_j^2)^0.75 over `window` adjacent maps (section 3.3)."""
    if not window:
        return x
    around = [(0, 0), (0, 0), (0, 0), (window // 2, (window - 1) // 2)]
    squares: Any = ops.pad(ops.square(x), around)
    total = sum(squares[..., i : i + x.shape[-1]] for i in range(window))
    return x / (2 + 1e-4 * total) ** 0.75


def conv(x: KerasTensor, name: str, maps: int, kernel: int, groups: int = 1) -> KerasTensor:
    """A convolution that keeps the side, in so many towers, and ReLU."""
    layer = layers.Conv2D(
        maps, kernel, padding="same", groups=groups, kernel_initializer="he_normal", name=name
    )
    return layers.ReLU()(layer(x))


def pool(x: KerasTensor) -> KerasTensor:
    """Windows of three, two apart: they overlap (section 3.4)."""
    return layers.MaxPooling2D(3, strides=2)(x)


def fully_connected(x: KerasTensor, name: str, units: int) -> KerasTensor:
    """A linear map, with weights as He (2015) draws them."""
    return layers.Dense(units, kernel_initializer="he_normal", name=name)(x)


def alexnet(config: Config) -> keras.Model:
    """The same network as `model.AlexNet`, for inputs `(b, side, side, channels)`."""
    one, two, three, four, five = config.widths
    first = layers.Conv2D(
        one,
        2 * config.stride + 3,
        config.stride,
        kernel_initializer="he_normal",
        name="body_conv1",
    )
    image = keras.Input((config.side, config.side, config.channels))
    x = layers.ReLU()(first(layers.ZeroPadding2D(RIM)(image)))
    x = pool(response_norm(x, config.window))
    x = conv(x, "body_conv2", two, 5, config.groups)
    x = pool(response_norm(x, config.window))
    x = conv(x, "body_conv3", three, 3)  # here the towers meet
    x = conv(x, "body_conv4", four, 3, config.groups)
    x = pool(conv(x, "body_conv5", five, 3, config.groups))
    x = layers.Flatten()(layers.Permute((3, 1, 2))(x))  # map after map, as the original counts
    x = layers.ReLU()(fully_connected(x, "head_fc6", config.hidden))
    x = layers.ReLU()(fully_connected(layers.Dropout(0.5)(x), "head_fc7", config.hidden))
    return keras.Model(image, fully_connected(layers.Dropout(0.5)(x), "head_fc8", config.classes))
