"""NASNet: a cell that a search has found on small images, stacked as often as a task is worth.

Zoph, Vasudevan, Shlens, Le. Learning Transferable Architectures for Scalable Image Recognition.
CVPR 2018, arXiv:1707.07012.

Answers: Inception's blocks were drawn by hand, for one task and one cost. Here a controller, itself
trained by reinforcement, draws two cells on CIFAR-10, one that keeps the side and one that halves
it; more cells and more filters make of them a network for ImageNet.

Departs from the paper: paths are dropped more often the deeper a cell lies, but not more often as
training goes on (ScheduledDropPath needs the step). No auxiliary classifier, which is cut off after
training. Where the paper is silent, as in its code: the first convolution and the stem's two cells,
batch norm with 1e-3 added to the variance, padding as TensorFlow's. The cell after a halving reads
the last but one output before it, as in the released large network; the small ones do so here too.

Shapes: b examples, c channels, h and w pixels; f filters of a cell.
"""

from collections import OrderedDict
from math import ceil

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.convolutional.nasnet.spec import NORMAL, REDUCTION, Config, Drawn
from nna.blocks.convolution import conv_norm, he_start
from nna.blocks.stochastic_depth import StochasticDepth

EPS = 1e-3  # of every batch norm


class Same(nn.Module):
    """An operation on windows, padded so that ceil(side / stride) pixels a side come out."""

    def __init__(self, op: nn.Module, kernel: int, stride: int, value: float = 0.0) -> None:
        super().__init__()
        self.op, self.kernel, self.stride, self.value = op, kernel, stride, value

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h2 w2"]:
        rims: list[int] = []
        for side in (x.shape[3], x.shape[2]):
            rim = max((ceil(side / self.stride) - 1) * self.stride + self.kernel - side, 0)
            rims += [rim // 2, rim - rim // 2]
        return self.op(F.pad(x, rims, value=self.value))


def project(c_in: int, c_out: int) -> nn.Sequential:
    """ReLU, 1x1 convolution, batch norm: what goes into a cell gets its number of filters."""
    return nn.Sequential(
        OrderedDict(relu=nn.ReLU(), **dict(conv_norm(c_in, c_out, 1, eps=EPS).named_children()))
    )


class Halve(nn.Module):
    """To half the side: every second pixel, and every second of those between, side by side."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.even = nn.Conv2d(c_in, c_out // 2, 1, bias=False)
        self.odd = nn.Conv2d(c_in, c_out - c_out // 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(c_out, EPS)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        x = x.relu()
        between = F.pad(x[:, :, 1:, 1:], (0, 1, 0, 1))
        halves = self.even(x[:, :, ::2, ::2]), self.odd(between[:, :, ::2, ::2])
        return self.norm(torch.cat(halves, dim=1))


def separable(c_in: int, f: int, kernel: int, stride: int) -> nn.Sequential:
    """Twice: ReLU, depthwise and 1x1 convolution, batch norm (section 3); the first one strides."""
    twice = nn.Sequential()
    for c, step in ((c_in, stride), (f, 1)):
        spatial = nn.Conv2d(c, c, kernel, step, groups=c, bias=False)
        point = conv_norm(c, f, 1, eps=EPS)
        unit = nn.Sequential()
        unit.add_module("relu", nn.ReLU())
        unit.add_module("spatial", Same(spatial, kernel, step))
        unit.add_module("point", point)
        twice.append(unit)
    return twice


def operation(name: str, c_in: int, f: int, stride: int) -> nn.Module:
    """One of the operations that the search has chosen from."""
    if name == "same":
        return nn.Identity()
    if name == "max":
        return Same(nn.MaxPool2d(3, stride), 3, stride, value=float("-inf"))
    if name == "avg" and stride == 1:
        return nn.AvgPool2d(3, 1, padding=1, count_include_pad=False)
    if name == "avg":
        return Same(nn.AvgPool2d(3, stride), 3, stride)
    return separable(c_in, f, int(name.removeprefix("sep")), stride)


class Cell(nn.Module):
    """Two inputs, five sums of two operations each, some of them concatenated (figure 4).

    State 0 is the output of the cell before, 1 that of the one before it, 2 to 6 are the sums.
    """

    def __init__(
        self, drawn: Drawn, before: nn.Module, last: nn.Module, widths: tuple[int, int], rate: float
    ) -> None:
        super().__init__()
        self.drawn, self.before, self.last = drawn, before, last
        unprojected, f = widths  # channels of state 1; of all others
        self.drop = StochasticDepth(rate)
        self.sums = nn.ModuleList(
            nn.ModuleList(
                operation(
                    name,
                    c_in=unprojected if state == 1 else f,
                    f=f,
                    stride=drawn.stride if state < 2 else 1,
                )
                for name, state in pair
            )
            for pair in drawn.sums
        )

    def forward(
        self, x: Float[Tensor, "b c h w"], past: Float[Tensor, "b c2 h2 w2"]
    ) -> Float[Tensor, "b c3 h3 w3"]:
        states = [self.last(x), self.before(past)]
        for pair, operations in zip(self.drawn.sums, self.sums, strict=True):
            assert isinstance(operations, nn.ModuleList)
            one, other = (
                states[state] if name == "same" else self.drop(operate(states[state]))
                for (name, state), operate in zip(pair, operations, strict=True)
            )
            states.append(one + other)
        return torch.cat([states[i] for i in self.drawn.joined], dim=1)


class NASNet(nn.Module):
    """Stem, three runs of normal cells with a halving between, ReLU, mean, linear head (figure 2).

    While it is built, `last` and `past` hold the channels and the halvings of a cell's two inputs.
    After a halving in the body, the next cell reads the same past once more.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.stride not in (1, 8):
            raise ValueError(f"the stem's stride is 8 or 1 (figure 2), not {config.stride}")
        large = config.stride == 8
        read = nn.Conv2d(
            config.channels, config.stem, 3, 1 + large, padding=0 if large else 1, bias=False
        )
        self.stem = nn.Sequential(OrderedDict(conv=read, norm=nn.BatchNorm2d(config.stem, EPS)))
        cells = [(REDUCTION, config.width // 4), (REDUCTION, config.width // 2)] if large else []
        first = len(cells)
        for run in range(3):
            filters = config.width * 2**run
            cells += [(REDUCTION, filters)] if run else []
            cells += [(NORMAL, filters)] * config.depth
        self.keeps = [drawn is REDUCTION and i >= first for i, (drawn, _) in enumerate(cells)]
        self.body = nn.ModuleList()
        last = past = (config.stem, 0)
        for i, (drawn, f) in enumerate(cells):
            widths, before = (f, f), project(past[0], f)
            if past[1] < last[1]:
                before = Halve(past[0], f)
            elif i == 0 and large:  # the stem's first cell takes the past as it is
                widths, before = (config.stem, f), nn.Identity()
            rate = config.drop_path * (i + 1) / len(cells)
            self.body.append(Cell(drawn, before, project(last[0], f), widths, rate))
            made = (len(drawn.joined) * f, last[1] + drawn.stride - 1)
            past, last = (past if self.keeps[i] else last), made
        self.head = nn.Linear(last[0], config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        x = past = self.stem(image)
        for cell, keeps in zip(self.body, self.keeps, strict=True):
            made = cell(x, past)
            past, x = (past if keeps else x), made
        return self.head(x.relu().mean(dim=(2, 3)))
