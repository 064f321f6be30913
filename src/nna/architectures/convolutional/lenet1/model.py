"""LeNet-1: detect at every place, then average over 2 x 2 places, and once more.

LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel. Handwritten Digit Recognition with a
Back-Propagation Network. NIPS 2, 1990; named in LeCun and others, Comparison of learning
algorithms for handwritten digit recognition, 1995.

Answers: the network of 1989 lowers the resolution by looking at every second place, and so may
miss what falls between. LeNet-1 looks everywhere and averages afterwards: detectors and
sub-sampling alternate, four layers, of which the sub-sampling ones cost two weights a map.

Departs from the paper: columns of table 1 are in an order of their own (each half of H3 has two
maps with one source and four with two, 20 in all, which the 2,578 parameters and 98,442
connections require). The constants of the scaled tanh, which it does not print, are those of
LeCun and others 1998, appendix A. The objective's targets are 1 and 0 where the paper's are +1
and -1.

Shapes: b examples, c channels, h and w pixels, k classes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.convolutional.lenet1.spec import Config

SIDE = 28  # pixels

# Table 1: the maps of H2 that each map of H3 reads.
TABLE = (
    (0,), (0, 1), (0, 1), (0, 1), (0, 1), (1,),
    (2,), (2, 3), (2, 3), (2, 3), (2, 3), (3,),
)  # fmt: skip


class ScaledTanh(nn.Module):
    """A tanh(S a), odd, with A = 1.7159 and S = 2/3, so that +-1 maps to +-1."""

    def forward(self, a: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        return 1.7159 * torch.tanh(2 / 3 * a)


class SubSampling(nn.Module):
    """H2 and H4: each map's 2x2 sums, times one weight, plus one bias."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((maps, 1, 1), 1 / 4))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h2 w2"]:
        return 4 * functional.avg_pool2d(x, 2) * self.weight + self.bias


class PartialConvolution(nn.Module):
    """H3: one 5x5 kernel a connection of the table, summed by the map that reads it."""

    reader: Tensor
    read: Tensor

    def __init__(self, table: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        pairs = torch.tensor([(i, j) for i, maps in enumerate(table) for j in maps])
        self.register_buffer("reader", pairs[:, 0], persistent=False)
        self.register_buffer("read", pairs[:, 1], persistent=False)
        self.weight = nn.Parameter(torch.empty(len(pairs), 1, 5, 5))
        self.bias = nn.Parameter(torch.zeros(len(table), 1, 1))
        fan_in = torch.tensor([25.0 * len(maps) for maps in table for _ in maps])
        with torch.no_grad():
            self.weight.uniform_(-2.4, 2.4).div_(fan_in[:, None, None, None])

    def forward(self, x: Float[Tensor, "b 4 h w"]) -> Float[Tensor, "b 12 h2 w2"]:
        each = functional.conv2d(x[:, self.read], self.weight, groups=len(self.weight))
        b, _, h, w = each.shape
        return each.new_zeros(b, len(self.bias), h, w).index_add(1, self.reader, each) + self.bias


class LeNet1(nn.Module):
    """H1 H2 H3 H4 and the output, as in figure 2."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = nn.Sequential()
        self.body.add_module("h1", nn.Sequential(nn.Conv2d(config.channels, 4, 5), ScaledTanh()))
        self.body.add_module("h2", nn.Sequential(SubSampling(4), ScaledTanh()))
        self.body.add_module("h3", nn.Sequential(PartialConvolution(TABLE), ScaledTanh()))
        self.body.add_module("h4", nn.Sequential(SubSampling(12), ScaledTanh()))
        self.head = nn.Sequential(nn.Linear(12 * 4 * 4, config.classes), ScaledTanh())
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                bound = 2.4 / module.weight[0].numel()  # as the paper of 1989, section 4
                nn.init.uniform_(module.weight, -bound, bound)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        if image.shape[2:] != (SIDE, SIDE):
            raise ValueError(f"LeNet-1 takes 28 x 28 pixels, not {tuple(image.shape[2:])}")
        return self.head(self.body(image).flatten(1))
