"""Keras twin of `model.py`: part by part, under the same names."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.transformers.bert.spec import EPS, SEGMENTS, Config
from nna.blocks.encoder_layer_keras import EncoderLayer, embedding, linear, transform

KerasTensor = Any  # what Keras says its layers return is too wide to check


class Embeddings(layers.Layer):
    """A token is the sum of what stands for its word, its position and its segment, normalised."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width, std = config.width, config.initial_std
        self.words = embedding(config.vocab, width, std)
        self.positions = embedding(config.length, width, std)
        self.segments = embedding(SEGMENTS, width, std)
        self.norm = layers.LayerNormalization(epsilon=EPS)
        self.drop = layers.Dropout(config.dropout)

    def call(self, tokens: KerasTensor, segments: KerasTensor) -> KerasTensor:
        """Tokens `(b, t, width)`."""
        positions = self.positions(ops.arange(ops.shape(tokens)[1]))
        return self.drop(self.norm(self.words(tokens) + positions + self.segments(segments)))


class BERT(keras.Model):
    """The same network as `model.BERT`, for inputs `[tokens, tokens_mask, segments]`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width, std = config.width, config.initial_std
        self.embeddings = Embeddings(config)
        self.body = [
            EncoderLayer(width, config.heads, config.dropout, EPS, std)
            for _ in range(config.layers)
        ]
        self.pooler = linear(width, std)
        self.head = linear(config.classes, std)
        self.transform = transform(width, EPS, std)
        self.words_bias = self.add_weight((config.vocab,), "zeros", name="words_bias")

    def call(
        self, inputs: list[KerasTensor], training: bool | None = None
    ) -> dict[str, KerasTensor]:
        """Scores of the text as a whole `(b, classes)`, and of words `(b, t, vocab)`."""
        tokens, tokens_mask, segments = inputs
        x = self.embeddings(tokens, segments, training=training)
        for layer in self.body:
            x = layer(x, tokens_mask[:, None, None], training=training)
        pooled = ops.tanh(self.pooler(x[:, 0]))
        table = ops.transpose(self.embeddings.words.embeddings)
        words = ops.matmul(self.transform(x), table) + self.words_bias
        return {"output": self.head(pooled), "words": words}
