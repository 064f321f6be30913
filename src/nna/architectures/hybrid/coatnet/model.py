"""CoAtNet: depthwise convolutions where maps are large, relative attention where they are small.

Dai, Liu, Le, Tan. CoAtNet: Marrying Convolution and Attention for All Data Sizes. NeurIPS 2021,
arXiv:2106.04803.

Answers: attention learns from much data what convolutions know beforehand, that nearness counts
and place doesn't, and over many pixels it costs their square. Two stages of inverted bottlenecks
shrink the picture first; then a softmax adds to every match of two pixels a learnt number that
depends on the offset between them alone, as a convolution's weights do.

Departs from the paper, as timm does: a stage shrinks by the mean of 2x2 pixels, not by their
maximum; the depthwise convolution takes the stride, as in table 9; a norm and a layer of tanh
units stand before the scores. For small pictures the first layers may keep the side (`stride`).

Shapes: b examples, c channels, h and w pixels, n = h w places, d = 32 numbers a head.
"""

from collections import OrderedDict

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from nna.architectures.hybrid.coatnet.spec import GROWTH, HEAD, Config, strides
from nna.blocks.convolution import conv_norm
from nna.blocks.norms import ChannelNorm
from nna.blocks.squeeze import SqueezeExcitation
from nna.blocks.stochastic_depth import StochasticDepth

EPS = 1e-6  # of layer norms


def offsets(side: int) -> Int[Tensor, "n n"]:
    """Which row of the table holds the bias of places i and j: (2 side - 1)^2 rows, by i - j."""
    row, column = torch.arange(side * side) // side, torch.arange(side * side) % side
    down = row[:, None] - row + side - 1
    across = column[:, None] - column + side - 1
    return down * (2 * side - 1) + across


def relative_attention(
    q: Float[Tensor, "*b n d"],
    k: Float[Tensor, "*b n d"],
    v: Float[Tensor, "*b n m"],
    bias: Float[Tensor, "*h n n"],
) -> Float[Tensor, "*b n m"]:
    """Mean of v, weighted by softmax(q k' / sqrt(d) + w_ij): equation 3, y^pre, with queries."""
    scores = q @ k.mT / q.shape[-1] ** 0.5 + bias
    return scores.softmax(dim=-1) @ v


def skip(c_in: int, c_out: int, stride: int) -> nn.Sequential:
    """Proj(Pool(x)), each only where the shape changes (appendix A.1)."""
    layers = nn.Sequential()
    if stride > 1:
        layers.add_module("pool", nn.AvgPool2d(stride))
    if c_in != c_out:
        layers.add_module("proj", nn.Conv2d(c_in, c_out, 1))
    return layers


class MBConv(nn.Module):
    """Norm, widen fourfold, filter each channel, weigh the channels, narrow; and a skip."""

    def __init__(self, c_in: int, c_out: int, stride: int, rate: float) -> None:
        super().__init__()
        inner = GROWTH * c_out
        self.skip = skip(c_in, c_out, stride)
        self.norm = nn.BatchNorm2d(c_in)
        self.expand = conv_norm(c_in, inner, 1)
        self.depthwise = conv_norm(inner, inner, 3, stride, groups=inner)
        self.weigh = SqueezeExcitation(inner, c_out // 4, activation=nn.SiLU)
        self.project = nn.Conv2d(inner, c_out, 1)
        self.gelu = nn.GELU()
        self.drop = StochasticDepth(rate)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        wide = self.gelu(self.expand(self.norm(x)))
        branch = self.project(self.weigh(self.gelu(self.depthwise(wide))))
        return self.skip(x) + self.drop(branch)


class RelativeAttention(nn.Module):
    """Every place reads all others; heads of 32 numbers, each with its table of biases."""

    index: Tensor  # the row of the table for every two places

    def __init__(self, c_in: int, c_out: int, side: int) -> None:
        super().__init__()
        self.heads, self.side = c_out // HEAD, side
        self.qkv = nn.Conv2d(c_in, 3 * c_out, 1)
        self.table = nn.Parameter(torch.empty((2 * side - 1) ** 2, self.heads))
        self.proj = nn.Conv2d(c_out, c_out, 1)
        self.register_buffer("index", offsets(side), persistent=False)
        nn.init.trunc_normal_(self.table, std=0.02)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h w"]:
        if x.shape[2:] != (self.side, self.side):
            raise ValueError(f"the biases are for maps of side {self.side}, not {[*x.shape[2:]]}")
        parts = self.qkv(x).flatten(2).unflatten(1, (self.heads, 3, HEAD))  # b heads 3 d n
        q, k, v = parts.mT.unbind(2)
        y = relative_attention(q, k, v, self.table[self.index].permute(2, 0, 1))
        return self.proj(y.mT.flatten(1, 2).unflatten(2, x.shape[2:]))


class TransformerBlock(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)); the first of a stage halves the side."""

    def __init__(self, c_in: int, c_out: int, stride: int, rate: float, side: int) -> None:
        super().__init__()
        self.skip = skip(c_in, c_out, stride)
        self.norm1 = ChannelNorm(c_in, EPS)
        self.pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.attention = RelativeAttention(c_in, c_out, side)
        self.norm2 = ChannelNorm(c_out, EPS)
        self.mlp = nn.Sequential(
            OrderedDict(
                fc1=nn.Conv2d(c_out, GROWTH * c_out, 1),
                gelu=nn.GELU(),
                fc2=nn.Conv2d(GROWTH * c_out, c_out, 1),
            )
        )
        self.drop = StochasticDepth(rate)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        x = self.skip(x) + self.drop(self.attention(self.pool(self.norm1(x))))
        return x + self.drop(self.mlp(self.norm2(x)))


class CoAtNet(nn.Module):
    """Stem, two stages of MBConv, two of attention, mean over pixels, linear head (table 3)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        first, *halve = strides(config)
        c_in, side = config.stem, config.side // first
        self.stem = nn.Sequential(
            conv_norm(config.channels, c_in, 3, first),
            nn.GELU(),
            nn.Conv2d(c_in, c_in, 3, padding=1, bias=False),
        )
        rates = torch.linspace(0, config.drop_path, sum(config.depths), device="cpu").tolist()
        self.body = nn.Sequential()
        for stage, (depth, width) in enumerate(zip(config.depths, config.widths, strict=True)):
            side, blocks = side // halve[stage], nn.Sequential()
            for i in range(depth):
                sizes = (c_in, width, halve[stage] if i == 0 else 1, rates.pop(0))
                blocks.append(MBConv(*sizes) if stage < 2 else TransformerBlock(*sizes, side))
                c_in = width
            self.body.append(blocks)
        self.head = nn.Sequential(
            OrderedDict(
                norm=nn.LayerNorm(c_in, EPS),
                fc=nn.Linear(c_in, c_in),
                tanh=nn.Tanh(),
                scores=nn.Linear(c_in, config.classes),
            )
        )
        self._start()

    def _start(self) -> None:
        """As timm: He's in convolutions, Glorot's in blocks of attention, no biases."""
        for name, part in self.named_modules():
            if isinstance(part, nn.Conv2d):
                if name.startswith(("body.2", "body.3")):
                    nn.init.xavier_uniform_(part.weight)
                else:
                    fan_out = part.weight[0, 0].numel() * part.out_channels // part.groups
                    nn.init.normal_(part.weight, std=(2 / fan_out) ** 0.5)
                if part.bias is not None:
                    nn.init.zeros_(part.bias)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(self.stem(image)).mean(dim=(2, 3)))
