"""GPT: learn a language first, from text alone; then tune what was learnt to a task.

Radford, Narasimhan, Salimans, Sutskever. Improving Language Understanding by Generative
Pre-Training. OpenAI 2018.

Answers: networks for understanding texts were trained on labels from scratch, and labels are few;
pretrained word vectors carried over single words only. Here the decoder of the transformer, its
cross-attention left out, learns to predict the next token of books, and all of it is carried over.

Departs from the paper: nothing in what is computed. Where the paper is silent, as in its released
code: GELU in its tanh form, biases at zero. The heads of its tasks are left out; scores come from
the transposed token embedding. From GPT-2 it differs in where norms stand (behind each addition,
none at the end), in its window and in its vocabulary.

Shapes: b examples, t tokens, width numbers a token, per_head = width / heads.
"""

import math
from collections import OrderedDict

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.transformers.gpt1.spec import Config

KV = Float[Tensor, "b heads _ per_head"]  # keys, or values, of all tokens so far
KVCache = list[tuple[KV, KV]]  # of every layer


def attention(
    query: Float[Tensor, "b heads t per_head"],
    key: Float[Tensor, "b heads total per_head"],
    value: Float[Tensor, "b heads total per_head"],
    attn_mask: Bool[Tensor, "t total"],
) -> Float[Tensor, "b heads t per_head"]:
    """The definition: means of values, weighted by how well queries match keys.

    `attn_mask` is true where a token may look. The network computes it with PyTorch's fused kernel,
    `F.scaled_dot_product_attention`.
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
    """norm(x + attention(x)), then norm(x + mlp(x)): equation 2, as in Vaswani (2017)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.attention, self.norm1 = CausalAttention(config), nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            OrderedDict(
                fc1=nn.Linear(width, 4 * width),
                gelu=nn.GELU(approximate="tanh"),
                fc2=nn.Linear(4 * width, width),
            )
        )
        self.norm2, self.drop = nn.LayerNorm(width), nn.Dropout(config.dropout)

    def forward(
        self, x: Float[Tensor, "b t width"], cache: tuple[KV, KV] | None
    ) -> tuple[Float[Tensor, "b t width"], tuple[KV, KV]]:
        out, kv = self.attention(x, cache)
        x = self.norm1(x + self.drop(out))
        return self.norm2(x + self.drop(self.mlp(x))), kv


class GPT1(nn.Module):
    """Tokens and positions embedded, a stack of blocks; scores against every token: equation 2."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"width {config.width} must be a multiple of heads {config.heads}")
        self.length = config.length
        self.tokens = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.length, config.width)
        self.drop = nn.Dropout(config.dropout)
        self.body = nn.ModuleList(Block(config) for _ in range(config.layers))
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)
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
            raise ValueError(f"{end} tokens are more than the {self.length} GPT-1 can see at once")
        x = self.drop(self.tokens(tokens) + self.positions.weight[start:end])
        new_cache: KVCache = []
        for i, block in enumerate(self.body):
            x, pair = block(x, cache[i] if cache else None)
            new_cache.append(pair)
        return F.linear(x, self.tokens.weight), new_cache
