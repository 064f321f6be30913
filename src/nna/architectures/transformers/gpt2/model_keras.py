"""Keras twin of `model.py`, without its cache: part by part, under the same names."""

import math
from functools import partial
from typing import Any

import keras
from keras import layers, ops

from nna.architectures.transformers.gpt2.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check
EPS, STD = 1e-5, 0.02  # added to the variance by norms; of the weights at first


def linear(units: int, std: float, name: str | None = None) -> layers.Dense:
    """A linear map with normal weights and no biases at first."""
    start = keras.initializers.RandomNormal(stddev=std)
    return layers.Dense(units, kernel_initializer=start, name=name)


def embedding(count: int, width: int, std: float) -> layers.Embedding:
    """Numbers for each of so many tokens or places, normal at first."""
    start = keras.initializers.RandomNormal(stddev=std)
    return layers.Embedding(count, width, embeddings_initializer=start)


def writing(config: Config) -> float:
    """Deviation of the maps that write to the stream, two a layer."""
    return STD / math.sqrt(2 * config.layers)


class CausalAttention(layers.Layer):
    """Every token asks all tokens up to itself; `heads` such questions side by side."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads, self.per_head = config.heads, config.width // config.heads
        self.qkv = linear(3 * config.width, STD)  # queries, keys, values
        self.proj = linear(config.width, writing(config))
        self.drop = layers.Dropout(config.dropout)

    def call(self, x: KerasTensor) -> KerasTensor:
        """What the tokens found, mixed."""
        b, t, width = ops.shape(x)
        parts = ops.reshape(self.qkv(x), (b, t, 3, self.heads, self.per_head))
        query, key, value = ops.unstack(ops.transpose(parts, (2, 0, 3, 1, 4)), num=3)
        place = ops.arange(t)
        scores = ops.matmul(query, ops.swapaxes(key, -2, -1)) / self.per_head**0.5
        shares = ops.softmax(ops.where(place[:, None] >= place, scores, float("-inf")))
        attn_out = ops.matmul(self.drop(shares), value)
        return self.proj(ops.reshape(ops.swapaxes(attn_out, 1, 2), (b, t, width)))


class Block(layers.Layer):
    """x + attention(norm(x)), then x + mlp(norm(x)): layer norm moved to the input of each."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.attention = CausalAttention(config)
        self.norm1 = layers.LayerNormalization(epsilon=EPS)
        self.norm2 = layers.LayerNormalization(epsilon=EPS)
        self.mlp = keras.Sequential(
            [
                linear(4 * config.width, STD, name="fc1"),
                layers.Activation(partial(ops.gelu, approximate=True), name="gelu"),
                linear(config.width, writing(config), name="fc2"),
            ]
        )
        self.drop = layers.Dropout(config.dropout)

    def call(self, x: KerasTensor) -> KerasTensor:
        """The tokens, each after a look at those before it."""
        x = x + self.drop(self.attention(self.norm1(x)))
        return x + self.drop(self.mlp(self.norm2(x)))


class GPT2(keras.Model):
    """The same network as `model.GPT2`, for tokens `(b, t)`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"width {config.width} must be a multiple of heads {config.heads}")
        self.tokens = embedding(config.vocab, config.width, STD)
        self.positions = embedding(config.length, config.width, STD / 2)
        self.drop = layers.Dropout(config.dropout)
        self.body = [Block(config) for _ in range(config.layers)]
        self.norm = layers.LayerNormalization(epsilon=EPS)

    def call(self, tokens: KerasTensor, training: bool | None = None) -> KerasTensor:
        """Scores `(b, t, vocab)` of what comes after each token."""
        positions = self.positions(ops.arange(ops.shape(tokens)[1]))
        x = self.drop(self.tokens(tokens) + positions, training=training)
        for block in self.body:
            x = block(x, training=training)
        return ops.matmul(self.norm(x), ops.transpose(self.tokens.embeddings))
