"""BERT: read a text from both sides at once, by finding words that were left out of it.

Devlin, Chang, Lee, Toutanova. BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding. NAACL 2019, arXiv:1810.04805.

Answers: a language model predicts from the left alone, so a pretrained one (GPT) never sees what
follows a word; a network that looked at both sides would see the very word it is to predict. BERT
leaves 15 % of the words out and asks for these alone, and asks of two sentences whether the second
followed the first. All its layers look at both sides; for a task one layer of scores is put on top.

Departs from the paper: words to be left out are drawn anew whenever a text is met, not ten times
beforehand. Where the paper is silent, as in its released code: exact GELU (a later version of that
code has the tanh form), layer norms with 1e-12 added to the variance, a linear map with GELU and
norm (the transform) before words are scored by the transposed embedding and a bias of their own, a
tanh layer (the pooler) behind the first token. Weights start normal, not cut off at two
deviations. The head for sentence pairs is the one that fine-tuning scores classes with: the paper
puts a fresh one in its place, and so does `build(..., classes=...)` for any number of classes but
two.

Shapes: b examples, t tokens, width numbers a token.
"""

from collections import OrderedDict

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.transformers.bert.spec import EPS, SEGMENTS, Config
from nna.blocks.encoder_layer import EncoderLayer, normal_start


class Embeddings(nn.Module):
    """A token is the sum of what stands for its word, its position and its segment, normalised."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.words = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.length, config.width)
        self.segments = nn.Embedding(SEGMENTS, config.width)
        self.norm = nn.LayerNorm(config.width, EPS)
        self.drop = nn.Dropout(config.dropout)

    def forward(
        self, tokens: Int[Tensor, "b t"], segments: Int[Tensor, "b t"]
    ) -> Float[Tensor, "b t width"]:
        positions = self.positions.weight[: tokens.shape[1]]
        return self.drop(self.norm(self.words(tokens) + positions + self.segments(segments)))


class BERT(nn.Module):
    """Embeddings and a stack of encoder layers; scores of words, and of the text as a whole."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.vocab, self.length = config.vocab, config.length
        self.embeddings = Embeddings(config)
        self.body = nn.ModuleList(
            EncoderLayer(width, config.heads, config.dropout, EPS) for _ in range(config.layers)
        )
        self.pooler = nn.Linear(width, width)
        self.head = nn.Linear(width, config.classes)
        self.transform = nn.Sequential(
            OrderedDict(
                linear=nn.Linear(width, width), gelu=nn.GELU(), norm=nn.LayerNorm(width, EPS)
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
            raise ValueError(f"{tokens.shape[1]} tokens are more than the {self.length} BERT reads")
        x = self.embeddings(tokens, segments)
        for layer in self.body:
            x = layer(x, tokens_mask[:, None, None])
        pooled = torch.tanh(self.pooler(x[:, 0]))
        words = F.linear(self.transform(x), self.embeddings.words.weight, self.words_bias)
        return {"output": self.head(pooled), "words": words}
