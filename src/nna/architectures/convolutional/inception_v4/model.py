"""Inception-v4: uniform modules, grid by grid, and no shortcuts.

Szegedy, Ioffe, Vanhoucke, Alemi. Inception-v4, Inception-ResNet and the Impact of Residual
Connections on Learning. AAAI 2017, arXiv:1602.07261.

Answers: Inception-v3 was cut to fit software that partitioned it over machines, and its modules
differ one from the next. With that constraint gone, each grid size gets one kind of module (A, B,
C), repeated with equal sizes; the stem has branches of its own. It shows that a deep network can
be trained without shortcuts, which the same paper compares with.

Departs from the paper: as in the authors' released network, kernels follow figures 3 to 8 with
their sizes; convolutions start by He's rule.

Shapes: b examples, c channels, h and w pixels.
"""

from collections import OrderedDict

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.inception_v4.spec import Config
from nna.blocks.convolution import he_start


def conv(
    c_in: int, c_out: int, kernel: tuple[int, int], stride: int = 1, pad: bool = True
) -> nn.Sequential:
    """Convolution, batch norm, ReLU; without a rim of zeros ("V" in the figures) it loses one."""
    padding = (kernel[0] // 2, kernel[1] // 2) if pad else 0
    convolution = nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=False)
    norm = nn.BatchNorm2d(c_out, eps=1e-3)
    return nn.Sequential(OrderedDict(conv=convolution, norm=norm, relu=nn.ReLU()))


class Branches(nn.Module):
    """Several views of one map, stacked as channels ("filter concat")."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Blueprint:
    """Modules whose channels are the published ones times `width / 32`."""

    def __init__(self, width: int) -> None:
        self.width = width

    def size(self, channels: int) -> int:
        """Channels at this width."""
        return channels * self.width // 32

    def chain(self, c_in: int, *layers: tuple[int, ...]) -> nn.Sequential:
        """Convolutions one after another; each is channels, height, width, and a stride or none.

        With a stride there is no rim.
        """
        built, last = nn.Sequential(), c_in
        for c_out, height, width, *stride in layers:
            sizes = self.size(last), self.size(c_out), (height, width)
            built.append(conv(*sizes, *stride, pad=not stride))
            last = c_out
        return built

    def pooled(self, c_in: int, c_out: int) -> nn.Sequential:
        """Mean over 3x3, of the pixels there are, then 1x1."""
        pool = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
        return nn.Sequential(pool, *self.chain(c_in, (c_out, 1, 1)))

    def stem(self, channels: int, stride: int) -> nn.Sequential:
        """Figure 3, to an eighth of the side; or one 3x3 convolution."""
        if stride == 1:
            return nn.Sequential(conv(channels, self.size(384), (3, 3)))
        factors = (64, 1, 1), (64, 1, 7), (64, 7, 1), (96, 3, 3, 1)
        return nn.Sequential(
            conv(channels, self.size(32), (3, 3), 2, pad=False),
            *self.chain(32, (32, 3, 3, 1), (64, 3, 3)),
            Branches(nn.MaxPool2d(3, 2), *self.chain(64, (96, 3, 3, 2))),
            Branches(self.chain(160, (64, 1, 1), (96, 3, 3, 1)), self.chain(160, *factors)),
            Branches(*self.chain(192, (192, 3, 3, 2)), nn.MaxPool2d(3, 2)),
        )

    def a(self) -> Branches:
        """On the 35x35 grid, 384 channels (figure 4)."""
        return Branches(
            self.chain(384, (96, 1, 1)),
            self.chain(384, (64, 1, 1), (96, 3, 3)),
            self.chain(384, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
            self.pooled(384, 96),
        )

    def a_to_b(self) -> Branches:
        """Halve the grid (figure 7, k = 192, l = 224, m = 256, n = 384)."""
        return Branches(
            self.chain(384, (384, 3, 3, 2)),
            self.chain(384, (192, 1, 1), (224, 3, 3), (256, 3, 3, 2)),
            nn.MaxPool2d(3, 2),
        )

    def b(self) -> Branches:
        """On the 17x17 grid, 1024 channels (figure 5)."""
        once = (192, 1, 1), (224, 1, 7), (256, 7, 1)
        twice = (192, 1, 1), (192, 7, 1), (224, 1, 7), (224, 7, 1), (256, 1, 7)
        return Branches(
            self.chain(1024, (384, 1, 1)),
            self.chain(1024, *once),
            self.chain(1024, *twice),
            self.pooled(1024, 128),
        )

    def b_to_c(self) -> Branches:
        """Halve the grid once more (figure 8)."""
        return Branches(
            self.chain(1024, (192, 1, 1), (192, 3, 3, 2)),
            self.chain(1024, (256, 1, 1), (256, 1, 7), (320, 7, 1), (320, 3, 3, 2)),
            nn.MaxPool2d(3, 2),
        )

    def c(self) -> Branches:
        """On the 8x8 grid, 1536 channels (figure 6)."""

        def fan(c_in: int) -> Branches:
            return Branches(*self.chain(c_in, (256, 1, 3)), *self.chain(c_in, (256, 3, 1)))

        return Branches(
            self.chain(1536, (256, 1, 1)),
            self.chain(1536, (384, 1, 1)).append(fan(384)),
            self.chain(1536, (384, 1, 1), (448, 3, 1), (512, 1, 3)).append(fan(512)),
            self.pooled(1536, 256),
        )


class InceptionV4(nn.Module):
    """Stem, modules A, B and C with reductions between, mean, dropout, linear head (figure 9)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width % 2 or min(config.depths) < 1:
            raise ValueError(
                f"the width is even and every stage has a module, not {config.width} and "
                f"{config.depths}"
            )
        make = Blueprint(config.width)
        self.stem = make.stem(config.channels, config.stride)
        a, b, c = config.depths
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers |= {f"a{i + 1}": make.a() for i in range(a)} | {"a-b": make.a_to_b()}
        layers |= {f"b{i + 1}": make.b() for i in range(b)} | {"b-c": make.b_to_c()}
        layers |= {f"c{i + 1}": make.c() for i in range(c)}
        self.body = nn.Sequential(layers)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(make.size(1536), config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.body(self.stem(image)).mean(dim=(2, 3))
        return self.head(self.dropout(features))
