"""ALBERT: one layer's weights for all layers, and words of few numbers.

Lan, Chen, Goodman, Gimpel, Sharma, Soricut. ALBERT: A Lite BERT for Self-supervised Learning of
Language Representations. ICLR 2020, arXiv:1909.11942.

Answers: BERT grows until it fits no memory; of base, a fifth is a table of words that each get as
many numbers as a token has between layers. ALBERT gives a word 128 numbers and a map widens them;
all layers are one, passed again and again. And it asks whether two pieces of text are in their
order, which topic can't tell, where BERT asked whether they belong together.

Departs from the paper: words are left out one by one, not in runs of up to three, and anew each
time. There is no dropout, as in the released second versions (section 4.8 found that it harms).
Where the paper is silent, as in its released code: GELU in its tanh form, layer norms with
1e-12 added to the variance, a map from tokens back to 128 numbers with GELU and norm (the
transform) before words are scored by the transposed embedding and a bias of their own, a tanh layer
(the pooler) behind the first token. The head for pairs is the one that fine-tuning scores classes
with; weights start normal, not cut off at two deviations.

Shapes: b examples, t tokens, width numbers a token, embedding numbers a word.
"""

from collections import OrderedDict

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.transformers.albert.spec import EPS, SEGMENTS, Config
from nna.blocks.encoder_layer import EncoderLayer, normal_start


class Embeddings(nn.Module):
    """A token is the sum of what stands for its word, position and segment, normalised, widened."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.words = nn.Embedding(config.vocab, config.embedding)
        self.positions = nn.Embedding(config.length, config.embedding)
        self.segments = nn.Embedding(SEGMENTS, config.embedding)
        self.norm = nn.LayerNorm(config.embedding, EPS)
        self.widen = nn.Linear(config.embedding, config.width)

    def forward(
        self, tokens: Int[Tensor, "b t"], segments: Int[Tensor, "b t"]
    ) -> Float[Tensor, "b t width"]:
        positions = self.positions.weight[: tokens.shape[1]]
        x = self.norm(self.words(tokens) + positions + self.segments(segments))
        return self.widen(x)


class ALBERT(nn.Module):
    """Embeddings and one encoder layer, passed many times; scores of words, and of the text."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width, embedding = config.width, config.embedding
        self.vocab, self.length, self.layers = config.vocab, config.length, config.layers
        self.embeddings = Embeddings(config)
        gelu = nn.GELU(approximate="tanh")
        self.layer = EncoderLayer(width, config.heads, 0.0, EPS, gelu)
        self.pooler = nn.Linear(width, width)
        self.head = nn.Linear(width, config.classes)
        self.transform = nn.Sequential(
            OrderedDict(
                linear=nn.Linear(width, embedding),
                gelu=nn.GELU(approximate="tanh"),
                norm=nn.LayerNorm(embedding, EPS),
            )
        )
        self.words_bias = nn.Parameter(torch.zeros(config.vocab))
        normal_start(self, config.initial_std)

    def forward(
        self,
        tokens: Int[Tensor, "b t"],
        tokens_mask: Bool[Tensor, "b t"],
        segments: Int[Tensor, "b t"],
    ) -> dict[str, Float[Tensor, "b classes"] | Float[Tensor, "b t vocab"]]:
        if tokens.shape[1] > self.length:
            raise ValueError(f"{tokens.shape[1]} tokens are more than the {self.length} it reads")
        x = self.embeddings(tokens, segments)
        for _ in range(self.layers):
            x = self.layer(x, tokens_mask[:, None, None])
        pooled = torch.tanh(self.pooler(x[:, 0]))
        words = F.linear(self.transform(x), self.embeddings.words.weight, self.words_bias)
        return {"output": self.head(pooled), "words": words}
