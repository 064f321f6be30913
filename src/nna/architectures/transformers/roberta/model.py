"""RoBERTa: BERT's network, trained for longer on more text, by missing words alone.

Liu, Ott, Goyal, Du, Joshi, Chen, Levy, Lewis, Zettlemoyer, Stoyanov. RoBERTa: A Robustly Optimized
BERT Pretraining Approach. 2019, arXiv:1907.11692.

Answers: BERT was trained too little for what it can learn: it still improves with more text, more
steps, larger batches and words left out anew each time, and guessing whether one sentence follows
another doesn't help it.

Departs from the paper: a vector that is the same for every token takes the place of BERT's two
segments, as in the checkpoints that Hugging Face publishes (zeros there; the authors' code has
none). Positions are numbered from 2, as the authors' code does, which leaves the first two rows for
padding. Weights start normal at 0.02, as in BERT. The head of two layers on the first token is the
authors' for fine-tuning; without pairs of sentences nothing teaches it before.

Shapes: b examples, t tokens, width numbers a token.
"""

from collections import OrderedDict

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.transformers.roberta.spec import EPS, FIRST, Config
from nna.blocks.encoder_layer import EncoderLayer, normal_start


class Embeddings(nn.Module):
    """A token is the sum of what stands for its word and its position, normalised."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.words = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(FIRST + config.length, config.width)
        self.segments = nn.Embedding(1, config.width)
        self.norm = nn.LayerNorm(config.width, EPS)
        self.drop = nn.Dropout(config.dropout)

    def forward(
        self, tokens: Int[Tensor, "b t"], tokens_mask: Bool[Tensor, "b t"]
    ) -> Float[Tensor, "b t width"]:
        positions = self.positions(tokens_mask.cumsum(1) * tokens_mask + FIRST - 1)
        return self.drop(self.norm(self.words(tokens) + positions + self.segments.weight[0]))


class RoBERTa(nn.Module):
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
        self, tokens: Int[Tensor, "b t"], tokens_mask: Bool[Tensor, "b t"]
    ) -> dict[str, Float[Tensor, "b classes"] | Float[Tensor, "b t vocab"]]:
        if tokens.shape[1] > self.length:
            raise ValueError(f"{tokens.shape[1]} tokens are more than the {self.length} it reads")
        x = self.embeddings(tokens, tokens_mask)
        for layer in self.body:
            x = layer(x, tokens_mask[:, None, None])
        pooled = torch.tanh(self.pooler(x[:, 0]))
        words = F.linear(self.transform(x), self.embeddings.words.weight, self.words_bias)
        return {"output": self.head(pooled), "words": words}
