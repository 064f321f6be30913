"""Keras twin of `model.py`, channels last. Layers bear their torch names, "_" for "."."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.convolutional.resnet.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check


def conv_norm(x: KerasTensor, name: str, c_out: int, kernel: int, stride: int = 1) -> KerasTensor:
    """Pads like torch: Keras' "same" would pad strided convolutions off centre."""
    x = layers.ZeroPadding2D(kernel // 2)(x)
    x = layers.Conv2D(c_out, kernel, stride, use_bias=False, name=f"{name}_conv")(x)
    return layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=f"{name}_norm")(x)


def skip(x: KerasTensor, name: str, c_out: int, stride: int, shortcut: str) -> KerasTensor:
    """Identity, option A or option B, as `model.skip` chooses."""
    extra = c_out - x.shape[-1]
    if stride == 1 and extra == 0:
        return x
    if shortcut == "padded":
        zeros = [(0, 0), (0, 0), (0, 0), (0, extra)]
        return ops.pad(x[:, ::stride, ::stride, :], zeros)
    return conv_norm(x, f"{name}_skip", c_out, 1, stride)


def residual(x: KerasTensor, name: str, width: int, stride: int, config: Config) -> KerasTensor:
    """Either block of `model.py`: the list is (kernel, channels out, stride) per convolution."""
    convs = {
        "basic": [(3, width, stride), (3, width, 1)],
        "bottleneck": [(1, width, 1), (3, width, stride), (1, 4 * width, 1)],
    }[config.block]
    around = skip(x, name, convs[-1][1], stride, config.shortcut)
    for i, (kernel, channels, step) in enumerate(convs):
        x = layers.ReLU()(x) if i else x
        x = conv_norm(x, f"{name}_branch_{2 * i}", channels, kernel, step)
    return layers.ReLU()(layers.Add()([around, x]))


def resnet(config: Config) -> keras.Model:
    """The same network as `model.ResNet`, for inputs `(b, h, w, channels)`."""
    image = keras.Input((None, None, config.channels))
    if config.stride == 4:
        x = layers.ReLU()(conv_norm(image, "stem_0", config.width, 7, stride=2))
        x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))  # x >= 0: zeros never win
    else:
        x = layers.ReLU()(conv_norm(image, "stem_0", config.width, 3))
    for stage, depth in enumerate(config.depths):
        for i in range(depth):
            stride = 2 if i == 0 and stage > 0 else 1
            x = residual(x, f"body_{stage}_{i}", config.width * 2**stage, stride, config)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(config.classes, name="head")(x))
