"""Inception-v3: the same views of a map, by kernels in factors.

Szegedy, Vanhoucke, Ioffe, Shlens, Wojna. Rethinking the Inception Architecture for Computer Vision.
CVPR 2016, arXiv:1512.00567.

Answers: GoogLeNet's modules spend much on 5x5 kernels, and give no rule for enlarging them. Here a
5x5 becomes two 3x3 (28 % cheaper), a 7x7 a row of 7 and a column of 7 (71 %); grids shrink by
strided convolutions beside a pool, so that no step squeezes the representation; an auxiliary head
with batch norm remains, as a regulariser.

Departs from the paper: this is the network that its authors released and torchvision copied, not
table 1 to the letter: the first modules keep a 5x5 branch beside two 3x3, and table 1's stem has a
convolution in place of the second pool. Convolutions start by He's rule.

Shapes: b examples, c channels, h and w pixels.
"""

from collections import OrderedDict
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.inception_v3.spec import Config
from nna.blocks.convolution import he_start

POOL = (32, 64, 64)  # channels of the pool's projection in the first stage's modules
MIDDLE = (128, 160, 160, 192)  # channels between the factors in the second stage's modules


def conv(
    c_in: int, c_out: int, kernel: tuple[int, int], stride: int = 1, pad: bool = True
) -> nn.Sequential:
    """Convolution, batch norm, ReLU; without a rim of zeros the map loses its border."""
    padding = (kernel[0] // 2, kernel[1] // 2) if pad else 0
    convolution = nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=False)
    norm = nn.BatchNorm2d(c_out, eps=1e-3)
    return nn.Sequential(OrderedDict(conv=convolution, norm=norm, relu=nn.ReLU()))


class Branches(nn.Module):
    """Several views of one map, stacked as channels."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Blueprint:
    """Modules whose channels are the published ones times `width / 32`."""

    def __init__(self, width: int) -> None:
        self.size: Callable[[int], int] = lambda channels: channels * width // 32

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
        """Mean over 3x3, then 1x1."""
        return nn.Sequential(nn.AvgPool2d(3, 1, 1), *self.chain(c_in, (c_out, 1, 1)))

    def stem(self, channels: int, stride: int) -> nn.Sequential:
        """Table 1's first rows, to an eighth of the side; or one 3x3 convolution."""
        if stride == 1:
            return nn.Sequential(conv(channels, self.size(192), (3, 3)))
        first = conv(channels, self.size(32), (3, 3), 2, pad=False)
        two = self.chain(32, (32, 3, 3, 1), (64, 3, 3))
        more = self.chain(64, (80, 1, 1), (192, 3, 3, 1))
        return nn.Sequential(first, *two, nn.MaxPool2d(3, 2), *more, nn.MaxPool2d(3, 2))

    def small(self, c_in: int, pool: int) -> Branches:
        """On the 35x35 grid: 5x5, and two 3x3 in its place (figure 5)."""
        return Branches(
            self.chain(c_in, (64, 1, 1)),
            self.chain(c_in, (48, 1, 1), (64, 5, 5)),
            self.chain(c_in, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
            self.pooled(c_in, pool),
        )

    def to_17(self, c_in: int) -> Branches:
        """Halve the grid: strided convolutions beside a pool (figure 10)."""
        return Branches(
            self.chain(c_in, (384, 3, 3, 2)),
            self.chain(c_in, (64, 1, 1), (96, 3, 3), (96, 3, 3, 2)),
            nn.MaxPool2d(3, 2),
        )

    def factored(self, c_in: int, mid: int) -> Branches:
        """On the 17x17 grid: 7x7 as row and column, once and twice (figure 6)."""
        twice = (mid, 1, 1), (mid, 7, 1), (mid, 1, 7), (mid, 7, 1), (192, 1, 7)
        return Branches(
            self.chain(c_in, (192, 1, 1)),
            self.chain(c_in, (mid, 1, 1), (mid, 1, 7), (192, 7, 1)),
            self.chain(c_in, *twice),
            self.pooled(c_in, 192),
        )

    def to_8(self, c_in: int) -> Branches:
        """Halve the grid once more."""
        return Branches(
            self.chain(c_in, (192, 1, 1), (320, 3, 3, 2)),
            self.chain(c_in, (192, 1, 1), (192, 1, 7), (192, 7, 1), (192, 3, 3, 2)),
            nn.MaxPool2d(3, 2),
        )

    def wide(self, c_in: int) -> Branches:
        """On the 8x8 grid: row and column side by side, for many channels (figure 7)."""

        def fan() -> Branches:
            return Branches(*self.chain(384, (384, 1, 3)), *self.chain(384, (384, 3, 1)))

        return Branches(
            self.chain(c_in, (320, 1, 1)),
            self.chain(c_in, (384, 1, 1)).append(fan()),
            self.chain(c_in, (448, 1, 1), (384, 3, 3)).append(fan()),
            self.pooled(c_in, 192),
        )

    def body(self, depths: tuple[int, int, int]) -> tuple[nn.Sequential, int]:
        """The three stages, their modules called as in the authors' code, and what they give."""
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        c = 192
        for name, pool in list(zip("bcd", POOL, strict=True))[: depths[0]]:
            layers[f"5{name}"], c = self.small(c, pool), 224 + pool
        layers["6a"], c = self.to_17(c), c + 480
        for name, mid in list(zip("bcde", MIDDLE, strict=True))[: depths[1]]:
            layers[f"6{name}"], c = self.factored(c, mid), 768
        layers["7a"], c = self.to_8(c), c + 512
        for name in "bc"[: depths[2]]:
            layers[f"7{name}"], c = self.wide(c), 2048
        return nn.Sequential(layers), self.size(c)


class Auxiliary(nn.Module):
    """A classifier on the last 17x17 map, with batch norm (figure 8)."""

    def __init__(self, blueprint: Blueprint, classes: int) -> None:
        super().__init__()
        layers = blueprint.chain(768, (128, 1, 1), (768, 5, 5, 1))
        self.body = nn.Sequential(nn.AvgPool2d(5, 3), *layers)
        self.head = nn.Linear(blueprint.size(768), classes)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(x).mean(dim=(2, 3)))


class InceptionV3(nn.Module):
    """Stem, three stages on grids of 35, 17 and 8 pixels, mean, linear head (table 1).

    In training, with an auxiliary head, it gives a tuple: its scores, then that head's.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if not all(1 <= d <= most for d, most in zip(config.depths, (3, 4, 2), strict=True)):
            raise ValueError(f"stages have 1 to 3, 1 to 4, 1 to 2 modules, not {config.depths}")
        blueprint = Blueprint(config.width)
        self.stem = blueprint.stem(config.channels, config.stride)
        self.body, c_out = blueprint.body(config.depths)
        self.tapped = "6" + "abcde"[config.depths[1]]  # the last module before the 8x8 grid
        self.auxiliary = Auxiliary(blueprint, config.classes) if config.aux_heads else None
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(c_out, config.classes)
        he_start(self)

    def forward(
        self, image: Float[Tensor, "b channels h w"]
    ) -> Float[Tensor, "b classes"] | tuple[Float[Tensor, "b classes"], ...]:
        x, other = self.stem(image), None
        for name, module in self.body.named_children():
            x = module(x)
            if self.training and self.auxiliary and name == self.tapped:
                other = self.auxiliary(x)
        scores = self.head(self.dropout(x.mean(dim=(2, 3))))
        return scores if other is None else (scores, other)
