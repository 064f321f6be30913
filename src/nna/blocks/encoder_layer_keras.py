"""The encoder layer of `encoder_layer.py` in Keras: part by part, under the same names."""

from functools import partial
from typing import Any

import keras
from keras import layers, ops

KerasTensor = Any  # what Keras says its layers return is too wide to check


def linear(units: int, std: float, name: str | None = None) -> layers.Dense:
    """A linear map with normal weights and no biases at first."""
    return layers.Dense(units, kernel_initializer=normal(std), name=name)


def embedding(count: int, width: int, std: float) -> layers.Embedding:
    """Numbers for each of so many words, normal at first."""
    return layers.Embedding(count, width, embeddings_initializer=normal(std))


def normal(std: float) -> keras.initializers.Initializer:
    """An initialiser for one layer: a second one that used it would start the same."""
    return keras.initializers.RandomNormal(stddev=std)


class SelfAttention(layers.Layer):
    """softmax(q k' / sqrt(per_head)) v of each head, over the tokens that may be looked at."""

    def __init__(self, width: int, heads: int, dropout: float, std: float) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} must be a multiple of heads {heads}")
        self.heads, self.per_head = heads, width // heads
        self.qkv = linear(3 * width, std)  # queries, keys, values
        self.proj = linear(width, std)
        self.drop = layers.Dropout(dropout)

    def call(self, x: KerasTensor, attn_mask: KerasTensor) -> KerasTensor:
        """What the tokens found, mixed."""
        b, t, width = ops.shape(x)
        parts = ops.reshape(self.qkv(x), (b, t, 3, self.heads, self.per_head))
        query, key, value = ops.unstack(ops.transpose(parts, (2, 0, 3, 1, 4)), num=3)
        scores = ops.matmul(query, ops.swapaxes(key, -2, -1)) / self.per_head**0.5
        shares = ops.softmax(ops.where(attn_mask, scores, float("-inf")))
        attn_out = ops.matmul(self.drop(shares), value)
        return self.proj(ops.reshape(ops.swapaxes(attn_out, 1, 2), (b, t, width)))


class EncoderLayer(layers.Layer):
    """norm(x + attention(x)), then norm(x + mlp(x)): post-norm.

    Args:
        width: of a token; between the two linear maps it is four times as wide.
        heads: of the attention.
        dropout: of the attention's weights, and of both branches.
        eps: added to the variance by the norms.
        std: of the weights at first.
        approximate: take GELU in its tanh form.
    """

    def __init__(  # noqa: PLR0913 - a layer has as many
        self,
        width: int,
        heads: int,
        dropout: float,
        eps: float,
        std: float,
        approximate: bool = False,
    ) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads, dropout, std)
        self.norm1 = layers.LayerNormalization(epsilon=eps)
        self.norm2 = layers.LayerNormalization(epsilon=eps)
        self.mlp = keras.Sequential(
            [
                linear(4 * width, std, name="fc1"),
                layers.Activation(partial(ops.gelu, approximate=approximate), name="gelu"),
                linear(width, std, name="fc2"),
            ]
        )
        self.drop = layers.Dropout(dropout)

    def call(self, x: KerasTensor, attn_mask: KerasTensor) -> KerasTensor:
        """The tokens, each after a look at the others."""
        x = self.norm1(x + self.drop(self.attention(x, attn_mask)))
        return self.norm2(x + self.drop(self.mlp(x)))


def transform(width: int, eps: float, std: float, approximate: bool = False) -> keras.Sequential:
    """A linear map, GELU and a norm: what a token passes before words are scored."""
    return keras.Sequential(
        [
            linear(width, std, name="linear"),
            layers.Activation(partial(ops.gelu, approximate=approximate), name="gelu"),
            layers.LayerNormalization(epsilon=eps, name="norm"),
        ]
    )
