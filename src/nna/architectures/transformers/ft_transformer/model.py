"""FT-Transformer: every number of a row becomes a token, and the tokens look at each other.

Gorishniy, Rubachev, Khrulkov, Babenko. Revisiting Deep Learning Models for Tabular Data. NeurIPS
2021, arXiv:2106.11959.

Answers: a multilayer perceptron meets a row as one vector, and multiplies no column by another;
transformers read sequences of tokens, which rows are not. The feature tokenizer gives every column
a direction and a place of its own, so that attention can weigh columns by what stands in them.

Departs from the paper: a column of categories arrives as one 0/1 column for each category, each
with a token, instead of one token looked up by the category.

Shapes: b examples, features columns, t = features + 1 tokens, width numbers a token.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.transformers.ft_transformer.spec import Config


class FeatureTokenizer(nn.Module):
    """T_j = b_j + x_j W_j for every column, behind the token [CLS] (section 3.3, figure 2a)."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(features, width))
        self.bias = nn.Parameter(torch.empty(features, width))
        self.cls = nn.Parameter(torch.empty(width))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(width**-0.5), width**-0.5)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b t width"]:
        tokens = table[..., None] * self.weight + self.bias
        return torch.cat([self.cls.expand(len(table), 1, -1), tokens], dim=1)


class Attention(nn.Module):
    """Multi-head self-attention: every token asks all, `heads` questions side by side."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv = nn.Linear(width, 3 * width)  # queries, keys, values
        self.proj = nn.Linear(width, width)
        nn.init.zeros_(self.qkv.bias)
        nn.init.zeros_(self.proj.bias)

    def forward(self, x: Float[Tensor, "b t width"]) -> Float[Tensor, "b t width"]:
        query, key, value = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        dropout = self.dropout if self.training else 0.0
        attn_out = F.scaled_dot_product_attention(query, key, value, dropout_p=dropout)
        return self.proj(attn_out.transpose(1, 2).flatten(2))


class ReGLU(nn.Module):
    """Half of the channels, each let through by a ReLU of another (Shazeer 2020)."""

    def forward(self, x: Float[Tensor, "*b both"]) -> Float[Tensor, "*b half"]:
        value, gate = x.chunk(2, dim=-1)
        return value * F.relu(gate)


class Block(nn.Module):
    """x + attention(norm(x)), then x + ffn(norm(x)) (figure 2b); the first has no first norm."""

    def __init__(self, config: Config, first: bool) -> None:
        super().__init__()
        width, hidden = config.width, int(config.width * 4 / 3)
        self.norm1 = nn.Identity() if first else nn.LayerNorm(width)
        self.attention = Attention(width, config.heads, config.dropout)
        self.norm2 = nn.LayerNorm(width)
        self.ffn = nn.Sequential(
            nn.Linear(width, 2 * hidden),
            ReGLU(),
            nn.Dropout(max(0.0, config.dropout - 0.1)),  # as all default sizes have it
            nn.Linear(hidden, width),
        )

    def forward(self, x: Float[Tensor, "b t width"]) -> Float[Tensor, "b t width"]:
        x = x + self.attention(self.norm1(x))
        return x + self.ffn(self.norm2(x))


class FTTransformer(nn.Module):
    """Tokenizer, blocks, and a head that reads what [CLS] has gathered."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"width {config.width} must be a multiple of heads {config.heads}")
        self.stem = FeatureTokenizer(config.features, config.width)
        self.body = nn.Sequential(*(Block(config, first=i == 0) for i in range(config.depth)))
        self.head = nn.Sequential(
            nn.LayerNorm(config.width), nn.ReLU(), nn.Linear(config.width, config.classes)
        )

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(self.stem(table))[:, 0])
