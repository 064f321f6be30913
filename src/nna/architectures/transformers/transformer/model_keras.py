"""Keras twin of `model.py`: part by part, under the same names."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from nna.architectures.transformers.transformer.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check
EPS = 1e-5  # added to the variance by norms


def positions(length: int, width: int) -> np.ndarray:
    """Sines in the even columns, cosines in the odd ones, from wavelength 2 pi to 10,000 times it.

    Section 3.5.
    """
    angle = np.arange(length)[:, None] / 10_000 ** (np.arange(0, width, 2) / width)
    return np.stack([np.sin(angle), np.cos(angle)], -1).reshape(length, width).astype("float32")


def norm() -> layers.LayerNormalization:
    """Layer norm as PyTorch has it."""
    return layers.LayerNormalization(epsilon=EPS)


class MultiHeadAttention(layers.Layer):
    """`heads` attentions side by side, each on maps of its own to width / heads numbers."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads, self.width = config.heads, config.width
        self.query = layers.Dense(config.width, use_bias=False)
        self.key = layers.Dense(config.width, use_bias=False)
        self.value = layers.Dense(config.width, use_bias=False)
        self.proj = layers.Dense(config.width, use_bias=False)

    def call(self, x: KerasTensor, memory: KerasTensor, attn_mask: KerasTensor) -> KerasTensor:
        """Queries of `x`, keys and values of `memory`: in self-attention both are one."""
        query = self._apart(self.query(x))
        key, value = self._apart(self.key(memory)), self._apart(self.value(memory))
        scores = ops.matmul(query, ops.swapaxes(key, -2, -1)) / (self.width // self.heads) ** 0.5
        shares = ops.softmax(ops.where(attn_mask[:, None], scores, float("-inf")))
        attn_out = ops.swapaxes(ops.matmul(shares, value), 1, 2)
        return self.proj(ops.reshape(attn_out, (*ops.shape(x)[:2], self.width)))

    def _apart(self, x: KerasTensor) -> KerasTensor:
        """Heads after the batch: `(b, heads, t, width / heads)`."""
        b, t, width = ops.shape(x)
        return ops.swapaxes(ops.reshape(x, (b, t, self.heads, width // self.heads)), 1, 2)


def feed_forward(config: Config) -> keras.Sequential:
    """Equation 2: two maps with a ReLU between, the same at every place."""
    fc1 = layers.Dense(config.hidden, name="fc1")
    fc2 = layers.Dense(config.width, name="fc2")
    return keras.Sequential([fc1, layers.ReLU(name="relu"), fc2])


class EncoderLayer(layers.Layer):
    """norm(x + sublayer(x)) twice: self-attention, then the network at every place."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.attention, self.norm1 = MultiHeadAttention(config), norm()
        self.mlp, self.norm2 = feed_forward(config), norm()
        self.drop = layers.Dropout(config.dropout)

    def call(self, x: KerasTensor, attn_mask: KerasTensor) -> KerasTensor:
        """The source's words, each after a look at the others."""
        x = self.norm1(x + self.drop(self.attention(x, x, attn_mask)))
        return self.norm2(x + self.drop(self.mlp(x)))


class DecoderLayer(layers.Layer):
    """The same with a third sublayer in the middle: attention to what the encoder made."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.attention, self.norm1 = MultiHeadAttention(config), norm()
        self.cross, self.norm2 = MultiHeadAttention(config), norm()
        self.mlp, self.norm3 = feed_forward(config), norm()
        self.drop = layers.Dropout(config.dropout)

    def call(
        self,
        x: KerasTensor,
        attn_mask: KerasTensor,
        memory: KerasTensor,
        memory_mask: KerasTensor,
    ) -> KerasTensor:
        """The prefix's words, each after a look back and one at the source."""
        x = self.norm1(x + self.drop(self.attention(x, x, attn_mask)))
        x = self.norm2(x + self.drop(self.cross(x, memory, memory_mask)))
        return self.norm3(x + self.drop(self.mlp(x)))


class Transformer(keras.Model):
    """The same network as `model.Transformer`: `[source, source_mask, prefix, prefix_mask]`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width % config.heads or config.width % 2:
            raise ValueError(
                f"width {config.width} must be even and a multiple of heads {config.heads}"
            )
        start = keras.initializers.RandomNormal(stddev=config.width**-0.5)
        self.width, self.waves = config.width, positions(config.length, config.width)
        self.embedding = layers.Embedding(config.vocab, config.width, embeddings_initializer=start)
        self.drop = layers.Dropout(config.dropout)
        self.encoder = [EncoderLayer(config) for _ in range(config.layers)]
        self.decoder = [DecoderLayer(config) for _ in range(config.layers)]

    def call(self, inputs: list[KerasTensor], training: bool | None = None) -> KerasTensor:
        """Scores `(b, t, vocab)` of what comes after each token of the prefix."""
        source, source_mask, prefix, prefix_mask = inputs
        memory = self.encode(source, source_mask, training)
        return self.decode(prefix, prefix_mask, memory, source_mask, training)

    def encode(
        self, source: KerasTensor, source_mask: KerasTensor, training: bool | None = None
    ) -> KerasTensor:
        """The source's words, each in the light of all others."""
        x = self._embed(source, training)
        for layer in self.encoder:
            x = layer(x, source_mask[:, None], training=training)
        return x

    def decode(
        self,
        prefix: KerasTensor,
        prefix_mask: KerasTensor,
        memory: KerasTensor,
        source_mask: KerasTensor,
        training: bool | None = None,
    ) -> KerasTensor:
        """Scores of what comes after each token; none sees what stands behind it."""
        x, place = self._embed(prefix, training), ops.arange(ops.shape(prefix)[1])
        backwards = ops.logical_and(prefix_mask[:, None], place[:, None] >= place)
        for layer in self.decoder:
            x = layer(x, backwards, memory, source_mask[:, None], training=training)
        return ops.matmul(x, ops.transpose(self.embedding.embeddings))

    def _embed(self, tokens: KerasTensor, training: bool | None) -> KerasTensor:
        waves = ops.convert_to_tensor(self.waves)[: ops.shape(tokens)[1]]
        return self.drop(self.embedding(tokens) * self.width**0.5 + waves, training=training)
