"""DistilBERT: half of BERT's layers, taught by BERT what it knows.

Sanh, Debut, Chaumond, Wolf. DistilBERT, a distilled version of BERT: smaller, faster, cheaper and
lighter. 2019, arXiv:1910.01108.

Answers: BERT is too slow and too large for a telephone or for many questions a second. A network of
half its layers, trained to give the same shares to all words that BERT gives, keeps most of what it
knows: where BERT wavers between two words, that itself is taught.

Departs from the paper: a student starts from random weights, not from every second layer of its
teacher. Where the paper is silent, as in its released code: exact GELU, layer norms with 1e-12
added to the variance, and for a task a layer with ReLU on the first token, here without dropout.

Shapes: b examples, t tokens, width numbers a token.
"""

from collections import OrderedDict

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.transformers.distilbert.spec import EPS, Config
from nna.blocks.encoder_layer import EncoderLayer, normal_start


class Embeddings(nn.Module):
    """A token is the sum of what stands for its word and its position, normalised."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.words = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.length, config.width)
        self.norm = nn.LayerNorm(config.width, EPS)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t width"]:
        positions = self.positions.weight[: tokens.shape[1]]
        return self.drop(self.norm(self.words(tokens) + positions))


class DistilBERT(nn.Module):
    """Embeddings and a few encoder layers; scores of words and of the text, and the last states."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.config, self.vocab = config, config.vocab
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
        self, tokens: Int[Tensor, "b t"], tokens_mask: Bool[Tensor, "b t"]
    ) -> dict[str, Float[Tensor, "b classes"] | Float[Tensor, "b t _"]]:
        if tokens.shape[1] > self.config.length:
            most = self.config.length
            raise ValueError(f"{tokens.shape[1]} tokens are more than the {most} it reads")
        x = self.embeddings(tokens)
        for layer in self.body:
            x = layer(x, tokens_mask[:, None, None])
        pooled = F.relu(self.pooler(x[:, 0]))
        words = F.linear(self.transform(x), self.embeddings.words.weight, self.words_bias)
        return {"output": self.head(pooled), "words": words, "states": x}
