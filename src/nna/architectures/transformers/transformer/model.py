"""The transformer: an encoder and a decoder of attention alone, nothing recurrent.

Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser, Polosukhin. Attention Is All You Need.
NeurIPS 2017.

Answers: a recurrent translator reads word after word, so training can't run along a sentence in
parallel, and what two distant words have to do with each other must survive every step between.
Here every word looks at every other directly: one step whatever the distance, all words at once.
Attention alone knows no order, so waves of many lengths, added to the embeddings, tell the place.

Departs from the paper: nothing in what is computed. Where it is silent, matrices start uniform by
Glorot's rule and the embedding normal with deviation 1/sqrt(width), so that scaled by sqrt(width)
its numbers have deviation 1; biases start at zero. The matrices of attention have no biases, as
its equations have none (libraries add them).

Shapes: b examples, s source tokens, t target tokens, width numbers a token, per_head = width /
heads. Masks are true where there is a token.
"""

import math
from collections import OrderedDict

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.transformers.transformer.spec import Config


def attention(
    query: Float[Tensor, "*b t per_head"],
    key: Float[Tensor, "*b s per_head"],
    value: Float[Tensor, "*b s per_value"],
    attn_mask: Bool[Tensor, "*#b t s"],
) -> Float[Tensor, "*b t per_value"]:
    """Equation 1: means of values, weighted by how well queries match keys where they may look.

    The network computes it with PyTorch's fused kernel, `F.scaled_dot_product_attention`.
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.masked_fill(~attn_mask, -math.inf).softmax(dim=-1) @ value


def positions(length: int, width: int) -> Float[Tensor, "length width"]:
    """Sines in the even columns, cosines in the odd ones, from wavelength 2 pi to 10,000 times it.

    Section 3.5.
    """
    place = torch.arange(length, dtype=torch.float64)[:, None]
    angle = place / 10_000 ** (torch.arange(0, width, 2) / width)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1).float()


class MultiHeadAttention(nn.Module):
    """`heads` attentions side by side, each on maps of its own to width / heads numbers."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads, width = config.heads, config.width
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.proj = nn.Linear(width, width, bias=False)

    def forward(
        self,
        x: Float[Tensor, "b t width"],
        memory: Float[Tensor, "b s width"],
        attn_mask: Bool[Tensor, "b t s"],
    ) -> Float[Tensor, "b t width"]:
        """Queries of `x`, keys and values of `memory`: in self-attention both are one."""
        query, key, value = (
            project(of).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for project, of in ((self.query, x), (self.key, memory), (self.value, memory))
        )
        attn_out = F.scaled_dot_product_attention(query, key, value, attn_mask=attn_mask[:, None])
        return self.proj(attn_out.transpose(1, 2).flatten(2))


def feed_forward(config: Config) -> nn.Sequential:
    """Equation 2: two maps with a ReLU between, the same at every place."""
    fc1, fc2 = nn.Linear(config.width, config.hidden), nn.Linear(config.hidden, config.width)
    return nn.Sequential(OrderedDict(fc1=fc1, relu=nn.ReLU(), fc2=fc2))


class EncoderLayer(nn.Module):
    """norm(x + sublayer(x)) twice: self-attention, then the network at every place."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.attention, self.norm1 = MultiHeadAttention(config), nn.LayerNorm(config.width)
        self.mlp, self.norm2 = feed_forward(config), nn.LayerNorm(config.width)
        self.drop = nn.Dropout(config.dropout)

    def forward(
        self, x: Float[Tensor, "b s width"], attn_mask: Bool[Tensor, "b s s"]
    ) -> Float[Tensor, "b s width"]:
        x = self.norm1(x + self.drop(self.attention(x, x, attn_mask)))
        return self.norm2(x + self.drop(self.mlp(x)))


class DecoderLayer(nn.Module):
    """The same with a third sublayer in the middle: attention to what the encoder made."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.attention, self.norm1 = MultiHeadAttention(config), nn.LayerNorm(config.width)
        self.cross, self.norm2 = MultiHeadAttention(config), nn.LayerNorm(config.width)
        self.mlp, self.norm3 = feed_forward(config), nn.LayerNorm(config.width)
        self.drop = nn.Dropout(config.dropout)

    def forward(
        self,
        x: Float[Tensor, "b t width"],
        attn_mask: Bool[Tensor, "b t t"],
        memory: Float[Tensor, "b s width"],
        memory_mask: Bool[Tensor, "b t s"],
    ) -> Float[Tensor, "b t width"]:
        x = self.norm1(x + self.drop(self.attention(x, x, attn_mask)))
        x = self.norm2(x + self.drop(self.cross(x, memory, memory_mask)))
        return self.norm3(x + self.drop(self.mlp(x)))


class Transformer(nn.Module):
    """Reads `source`, and at each place of `prefix` scores every token that might come next."""

    waves: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width % config.heads or config.width % 2:
            raise ValueError(
                f"width {config.width} must be even and a multiple of heads {config.heads}"
            )
        self.embedding = nn.Embedding(config.vocab, config.width)  # of both, and of the scores
        self.register_buffer("waves", positions(config.length, config.width), persistent=False)
        self.drop = nn.Dropout(config.dropout)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        nn.init.normal_(self.embedding.weight, std=config.width**-0.5)
        for linear in (part for part in self.modules() if isinstance(part, nn.Linear)):
            nn.init.xavier_uniform_(linear.weight)
            if linear.bias is not None:
                nn.init.zeros_(linear.bias)

    def forward(
        self,
        source: Int[Tensor, "b s"],
        source_mask: Bool[Tensor, "b s"],
        prefix: Int[Tensor, "b t"],
        prefix_mask: Bool[Tensor, "b t"],
    ) -> Float[Tensor, "b t vocab"]:
        return self.decode(prefix, prefix_mask, self.encode(source, source_mask), source_mask)

    def encode(
        self, source: Int[Tensor, "b s"], source_mask: Bool[Tensor, "b s"]
    ) -> Float[Tensor, "b s width"]:
        """The source's words, each in the light of all others."""
        x, everywhere = self._embed(source), _looks(source_mask, source.shape[1])
        for layer in self.encoder:
            x = layer(x, everywhere)
        return x

    def decode(
        self,
        prefix: Int[Tensor, "b t"],
        prefix_mask: Bool[Tensor, "b t"],
        memory: Float[Tensor, "b s width"],
        source_mask: Bool[Tensor, "b s"],
    ) -> Float[Tensor, "b t vocab"]:
        """Scores of what comes after each token; none sees what stands behind it."""
        x, length = self._embed(prefix), prefix.shape[1]
        backwards = _looks(prefix_mask, length).tril()
        for layer in self.decoder:
            x = layer(x, backwards, memory, _looks(source_mask, length))
        return F.linear(x, self.embedding.weight)

    def _embed(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t width"]:
        (length, width), t = self.waves.shape, tokens.shape[1]
        if t > length:
            raise ValueError(f"a sequence of {t} tokens is longer than the {length} it may have")
        return self.drop(self.embedding(tokens) * math.sqrt(width) + self.waves[:t])


def _looks(mask: Bool[Tensor, "b s"], places: int) -> Bool[Tensor, "b places s"]:
    """Every place may look at all tokens that are there."""
    return mask[:, None].expand(-1, places, -1)
