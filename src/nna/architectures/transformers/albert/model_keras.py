"""Keras twin of `model.py`: part by part, under the same names."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.transformers.albert.spec import EPS, SEGMENTS, Config
from nna.blocks.encoder_layer_keras import EncoderLayer, embedding, linear, transform

KerasTensor = Any  # what Keras says its layers return is too wide to check


class Embeddings(layers.Layer):
    """A token is the sum of what stands for its word, position and segment, normalised, widened."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        small, std = config.embedding, config.initial_std
        self.words = embedding(config.vocab, small, std)
        self.positions = embedding(config.length, small, std)
        self.segments = embedding(SEGMENTS, small, std)
        self.norm = layers.LayerNormalization(epsilon=EPS)
        self.widen = linear(config.width, std)

    def call(self, tokens: KerasTensor, segments: KerasTensor) -> KerasTensor:
        """Tokens `(b, t, width)`."""
        positions = self.positions(ops.arange(ops.shape(tokens)[1]))
        x = self.norm(self.words(tokens) + positions + self.segments(segments))
        return self.widen(x)


class ALBERT(keras.Model):
    """The same network as `model.ALBERT`, for inputs `[tokens, tokens_mask, segments]`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width, std = config.width, config.initial_std
        self.times = config.layers
        self.embeddings = Embeddings(config)
        self.layer = EncoderLayer(width, config.heads, 0.0, EPS, std, approximate=True)
        self.pooler = linear(width, std)
        self.head = linear(config.classes, std)
        self.transform = transform(config.embedding, EPS, std, approximate=True)
        self.words_bias = self.add_weight((config.vocab,), "zeros", name="words_bias")

    def call(self, inputs: list[KerasTensor]) -> dict[str, KerasTensor]:
        """Scores of the text as a whole `(b, classes)`, and of words `(b, t, vocab)`."""
        tokens, tokens_mask, segments = inputs
        x = self.embeddings(tokens, segments)
        for _ in range(self.times):
            x = self.layer(x, tokens_mask[:, None, None])
        pooled = ops.tanh(self.pooler(x[:, 0]))
        table = ops.transpose(self.embeddings.words.embeddings)
        words = ops.matmul(self.transform(x), table) + self.words_bias
        return {"output": self.head(pooled), "words": words}
