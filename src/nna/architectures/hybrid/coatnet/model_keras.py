"""Keras twin of `model.py`, channels last: part by part, under the same names."""

from functools import partial
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from nna.architectures.hybrid.coatnet.spec import GROWTH, HEAD, Config, strides

KerasTensor = Any  # what Keras says its layers return is too wide to check
EPS = 1e-6  # of layer norms


def offsets(side: int) -> np.ndarray:
    """Which row of the table holds the bias of places i and j: (2 side - 1)^2 rows, by i - j."""
    row, column = np.divmod(np.arange(side * side), side)
    down = row[:, None] - row + side - 1
    across = column[:, None] - column + side - 1
    return (down * (2 * side - 1) + across).astype("int32")


def relative_attention(
    q: KerasTensor, k: KerasTensor, v: KerasTensor, bias: KerasTensor
) -> KerasTensor:
    """Mean of v, weighted by softmax(q k' / sqrt(d) + w_ij): equation 3, y^pre, with queries."""
    scores = ops.matmul(q, ops.swapaxes(k, -2, -1)) / HEAD**0.5 + bias
    return ops.matmul(ops.softmax(scores), v)


def gelu(name: str | None = None) -> layers.Activation:
    """GELU, exact: x times Phi(x)."""
    return layers.Activation(partial(ops.gelu, approximate=False), name=name)


def batch_norm(name: str | None = None) -> layers.BatchNormalization:
    """Batch norm as PyTorch has it."""
    return layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=name)


def conv_norm(c_out: int, kernel: int, stride: int = 1) -> keras.Sequential:
    """A convolution without bias, then batch norm; padded as in PyTorch, alike on all sides."""
    pad = layers.ZeroPadding2D(kernel // 2)
    conv = layers.Conv2D(c_out, kernel, stride, use_bias=False, name="conv")
    return keras.Sequential([pad, conv, batch_norm("norm")])


def depthwise_norm(stride: int) -> keras.Sequential:
    """The same with a 3x3 filter for each channel by itself."""
    conv = layers.DepthwiseConv2D(3, stride, use_bias=False, name="conv")
    return keras.Sequential([layers.ZeroPadding2D(1), conv, batch_norm("norm")])


def skip(c_in: int, c_out: int, stride: int) -> layers.Layer:
    """Proj(Pool(x)), each only where the shape changes (appendix A.1)."""
    pool = [layers.AveragePooling2D(stride, name="pool")] if stride > 1 else []
    proj = [layers.Conv2D(c_out, 1, name="proj")] if c_in != c_out else []
    return keras.Sequential([*pool, *proj]) if pool or proj else layers.Identity()


class SqueezeExcitation(layers.Layer):
    """x * sigmoid(W2 silu(W1 mean(x))): weigh each channel by what the whole picture shows."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.squeeze = layers.Conv2D(squeezed, 1)
        self.excite = layers.Conv2D(channels, 1)

    def call(self, x: KerasTensor) -> KerasTensor:
        """Maps of the same shape, each scaled."""
        mean = ops.mean(x, axis=(1, 2), keepdims=True)
        return x * ops.sigmoid(self.excite(ops.silu(self.squeeze(mean))))


def stochastic_depth(rate: float) -> layers.Dropout:
    """Leave a branch out for a share of the examples, whole."""
    return layers.Dropout(rate, noise_shape=(None, 1, 1, 1))


class MBConv(layers.Layer):
    """Norm, widen fourfold, filter each channel, weigh the channels, narrow; and a skip."""

    def __init__(self, c_in: int, c_out: int, stride: int, rate: float) -> None:
        super().__init__()
        inner = GROWTH * c_out
        self.skip = skip(c_in, c_out, stride)
        self.norm = batch_norm()
        self.expand = conv_norm(inner, 1)
        self.depthwise = depthwise_norm(stride)
        self.weigh = SqueezeExcitation(inner, c_out // 4)
        self.project = layers.Conv2D(c_out, 1)
        self.gelu = gelu()
        self.drop = stochastic_depth(rate)

    def call(self, x: KerasTensor) -> KerasTensor:
        """Maps `(b, h / stride, w / stride, c_out)`."""
        wide = self.gelu(self.expand(self.norm(x)))
        branch = self.project(self.weigh(self.gelu(self.depthwise(wide))))
        return self.skip(x) + self.drop(branch)


class RelativeAttention(layers.Layer):
    """Every place reads all others; heads of 32 numbers, each with its table of biases."""

    def __init__(self, c_out: int, side: int) -> None:
        super().__init__()
        self.heads, self.side, self.index = c_out // HEAD, side, offsets(side)
        start = keras.initializers.TruncatedNormal(stddev=0.02)
        self.qkv = layers.Conv2D(3 * c_out, 1)
        self.table = self.add_weight(((2 * side - 1) ** 2, self.heads), start, name="table")
        self.proj = layers.Conv2D(c_out, 1)

    def call(self, x: KerasTensor) -> KerasTensor:
        """Maps `(b, side, side, c_out)`."""
        b, places = ops.shape(x)[0], self.side**2
        parts = ops.reshape(self.qkv(x), (b, places, self.heads, 3, HEAD))
        q, k, v = ops.unstack(ops.transpose(parts, (3, 0, 2, 1, 4)), num=3)  # b heads n d
        bias = ops.transpose(ops.take(self.table, self.index, axis=0), (2, 0, 1))
        y = ops.swapaxes(relative_attention(q, k, v, bias), 1, 2)
        return self.proj(ops.reshape(y, (b, self.side, self.side, self.heads * HEAD)))


class TransformerBlock(layers.Layer):
    """x + attention(norm(x)), then x + mlp(norm(x)); the first of a stage halves the side."""

    def __init__(self, c_in: int, c_out: int, stride: int, rate: float, side: int) -> None:
        super().__init__()
        self.skip = skip(c_in, c_out, stride)
        self.norm1 = layers.LayerNormalization(epsilon=EPS)
        self.pool = layers.AveragePooling2D(stride) if stride > 1 else layers.Identity()
        self.attention = RelativeAttention(c_out, side)
        self.norm2 = layers.LayerNormalization(epsilon=EPS)
        self.mlp = keras.Sequential(
            [
                layers.Conv2D(GROWTH * c_out, 1, name="fc1"),
                gelu("gelu"),
                layers.Conv2D(c_out, 1, name="fc2"),
            ]
        )
        self.drop = stochastic_depth(rate)

    def call(self, x: KerasTensor) -> KerasTensor:
        """Maps `(b, side, side, c_out)`."""
        x = self.skip(x) + self.drop(self.attention(self.pool(self.norm1(x))))
        return x + self.drop(self.mlp(self.norm2(x)))


class CoAtNet(keras.Model):
    """The same network as `model.CoAtNet`, for inputs `(b, side, side, channels)`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        first, *halve = strides(config)
        c_in, side = config.stem, config.side // first
        last = layers.Conv2D(c_in, 3, padding="same", use_bias=False)
        self.stem = keras.Sequential([conv_norm(c_in, 3, first), gelu(), last])
        rates = np.linspace(0, config.drop_path, sum(config.depths)).tolist()
        body = []
        for stage, (depth, width) in enumerate(zip(config.depths, config.widths, strict=True)):
            side, blocks = side // halve[stage], []
            for i in range(depth):
                sizes = (c_in, width, halve[stage] if i == 0 else 1, rates.pop(0))
                blocks.append(MBConv(*sizes) if stage < 2 else TransformerBlock(*sizes, side))
                c_in = width
            body.append(blocks)
        self.body = body
        self.head = keras.Sequential(
            [
                layers.LayerNormalization(epsilon=EPS, name="norm"),
                layers.Dense(c_in, name="fc"),
                layers.Activation("tanh", name="tanh"),
                layers.Dense(config.classes, name="scores"),
            ]
        )

    def call(self, image: KerasTensor, training: bool | None = None) -> KerasTensor:
        """Scores `(b, classes)`."""
        x = self.stem(image, training=training)
        for blocks in self.body:
            for block in blocks:
                x = block(x, training=training)
        return self.head(ops.mean(x, axis=(1, 2)))
