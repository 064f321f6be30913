"""GPT-2: predict the next token, at scale, and the tasks come along.

Radford, Wu, Child, Luan, Amodei, Sutskever. Language Models are Unsupervised Multitask Learners.
OpenAI 2019.

Answers: GPT, its predecessor, was pretrained on text, then fine-tuned with labels for every task.
GPT-2 is the same causal transformer made ten times larger; it does tasks when they are put to it
as text to be continued. To train so deep, each layer normalises what it reads (pre-norm) and adds
to a stream that nothing else touches.

Departs from the paper: 1/sqrt(N) scales the initial weights of the maps that write to the stream,
with N = 2 layers, one for each such map (the paper says "residual layers"). Where the paper is
silent, as in its released code: weights start normal with deviation 0.02 (positions 0.01), biases
at zero, GELU in its tanh form, scores from the transposed token embedding. Dropout 0.1 on
embeddings, attention and what is written, from GPT-1.

Shapes: b examples, t tokens, width numbers a token, per_head = width / heads.
"""

import math
from collections import OrderedDict

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.transformers.gpt2.spec import Config

KV = Float[Tensor, "b heads _ per_head"]  # keys, or values, of all tokens so far
KVCache = list[tuple[KV, KV]]  # of every layer


def attention(
    query: Float[Tensor, "b heads t per_head"],
    key: Float[Tensor, "b heads total per_head"],
    value: Float[Tensor, "b heads total per_head"],
    attn_mask: Bool[Tensor, "t total"],
) -> Float[Tensor, "b heads t per_head"]:
    """The definition: means of values, weighted by how well queries match keys.

    `attn_mask` is true where a token may look.

    The network computes it with PyTorch's fused kernel, `F.scaled_dot_product_attention`.
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.masked_fill(~attn_mask, -math.inf).softmax(dim=-1) @ value


class CausalAttention(nn.Module):
    """Every token asks all tokens up to itself; `heads` such questions side by side."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads, self.dropout = config.heads, config.dropout
        self.qkv = nn.Linear(config.width, 3 * config.width)  # queries, keys, values
        self.proj = nn.Linear(config.width, config.width)

    def forward(
        self, x: Float[Tensor, "b t width"], cache: tuple[KV, KV] | None
    ) -> tuple[Float[Tensor, "b t width"], tuple[KV, KV]]:
        query, key, value = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        attn_mask = None
        if cache is not None:
            key, value = torch.cat([cache[0], key], dim=2), torch.cat([cache[1], value], dim=2)
            new, total = query.shape[2], key.shape[2]
            attn_mask = torch.ones(new, total, dtype=torch.bool, device=x.device).tril(total - new)
        attn_out = F.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=attn_mask,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=cache is None,
        )
        return self.proj(attn_out.transpose(1, 2).flatten(2)), (key, value)


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)): layer norm moved to the input of each."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = CausalAttention(config)
        self.mlp = nn.Sequential(
            OrderedDict(
                fc1=nn.Linear(width, 4 * width),
                gelu=nn.GELU(approximate="tanh"),
                fc2=nn.Linear(4 * width, width),
            )
        )
        self.drop = nn.Dropout(config.dropout)

    def forward(
        self, x: Float[Tensor, "b t width"], cache: tuple[KV, KV] | None
    ) -> tuple[Float[Tensor, "b t width"], tuple[KV, KV]]:
        out, kv = self.attention(self.norm1(x), cache)
        x = x + self.drop(out)
        return x + self.drop(self.mlp(self.norm2(x))), kv


class GPT2(nn.Module):
    """Tokens and positions embedded, a stack of blocks, a norm; scores against every token."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"width {config.width} must be a multiple of heads {config.heads}")
        self.length = config.length
        self.tokens = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.length, config.width)
        self.drop = nn.Dropout(config.dropout)
        self.body = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        for name, parameter in self.named_parameters():
            if name.endswith(("proj.weight", "fc2.weight")):
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * config.layers))
            elif parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.01 if "positions" in name else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t vocab"]:
        return self.extend(tokens)[0]

    def extend(
        self, tokens: Int[Tensor, "b t"], cache: KVCache | None = None
    ) -> tuple[Float[Tensor, "b t vocab"], KVCache]:
        """Read on from where `cache` stopped: scores of the new tokens, and the longer cache."""
        start = cache[0][0].shape[2] if cache else 0
        end = start + tokens.shape[1]
        if end > self.length:
            raise ValueError(f"{end} tokens are more than the {self.length} GPT-2 can see at once")
        x = self.drop(self.tokens(tokens) + self.positions.weight[start:end])
        new_cache: KVCache = []
        for i, block in enumerate(self.body):
            x, pair = block(x, cache[i] if cache else None)
            new_cache.append(pair)
        return F.linear(self.norm(x), self.tokens.weight), new_cache
