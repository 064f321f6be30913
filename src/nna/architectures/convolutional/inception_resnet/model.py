"""Inception-ResNet (version 2): Inception modules that learn what to add, in small doses.

Szegedy, Ioffe, Vanhoucke, Alemi. Inception-v4, Inception-ResNet and the Impact of Residual
Connections on Learning. AAAI 2017, arXiv:1602.07261.

Answers: deep Inception networks train slowly. Here each module is a residual branch: cheap views
side by side, a 1x1 convolution back to the width of the shortcut, and a sum, y = x + s F(x). Beyond
about a thousand channels such networks died early in training, whatever the rate; scaling what is
added by s = 0.1 to 0.3 keeps them alive.

Departs from the paper: this is the network that its authors released, and others copied. Its stem
and first module are Inception-v3's, not figure 3's; modules A have 320 channels, B 1088 and C 2080;
the last sum has neither scale nor ReLU, and a 1x1 convolution follows it. Convolutions start by
He's rule.

Shapes: b examples, c channels, h and w pixels.
"""

from collections import OrderedDict

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.inception_resnet.spec import Config


def conv(
    c_in: int, c_out: int, kernel: tuple[int, int], stride: int = 1, pad: bool = True
) -> nn.Sequential:
    """Convolution, batch norm, ReLU; without a rim of zeros ("V" in the figures) it loses one."""
    padding = (kernel[0] // 2, kernel[1] // 2) if pad else 0
    convolution = nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=False)
    nn.init.kaiming_normal_(convolution.weight)
    norm = nn.BatchNorm2d(c_out, eps=1e-3)
    return nn.Sequential(OrderedDict(conv=convolution, norm=norm, relu=nn.ReLU()))


class Branches(nn.Module):
    """Several views of one map, stacked as channels ("filter concat")."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Residual(nn.Module):
    """y = relu(x + scale F(x)), F being views and a 1x1 convolution, the sum's part without norm.

    Figures 16, 17 and 19 with the scale of figure 20.
    """

    def __init__(self, views: Branches, mix: nn.Conv2d, scale: float, last: bool) -> None:
        super().__init__()
        self.views, self.mix, self.scale = views, mix, scale
        self.relu = nn.Identity() if last else nn.ReLU()

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return self.relu(x + self.scale * self.mix(self.views(x)))


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

    def stem(self, channels: int, stride: int) -> nn.Sequential:
        """Inception-v3's, to an eighth of the side; or one 3x3 convolution."""
        if stride == 1:
            return nn.Sequential(conv(channels, self.size(192), (3, 3)))
        first = conv(channels, self.size(32), (3, 3), 2, pad=False)
        two = self.chain(32, (32, 3, 3, 1), (64, 3, 3))
        more = self.chain(64, (80, 1, 1), (192, 3, 3, 1))
        return nn.Sequential(first, *two, nn.MaxPool2d(3, 2), *more, nn.MaxPool2d(3, 2))

    def first(self) -> Branches:
        """To 320 channels, as in Inception-v3."""
        mean = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
        return Branches(
            self.chain(192, (96, 1, 1)),
            self.chain(192, (48, 1, 1), (64, 5, 5)),
            self.chain(192, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
            nn.Sequential(mean, *self.chain(192, (64, 1, 1))),
        )

    def residual(self, kind: str, scale: float, last: bool = False) -> Residual:
        """Module A (figure 16), B (figure 17) or C (figure 19)."""
        c, one, *others = {
            "a": (320, 32, ((32, 1, 1), (32, 3, 3)), ((32, 1, 1), (48, 3, 3), (64, 3, 3))),
            "b": (1088, 192, ((128, 1, 1), (160, 1, 7), (192, 7, 1))),
            "c": (2080, 192, ((192, 1, 1), (224, 1, 3), (256, 3, 1))),
        }[kind]
        views = Branches(self.chain(c, (one, 1, 1)), *(self.chain(c, *way) for way in others))
        seen = self.size(one) + sum(self.size(way[-1][0]) for way in others)
        return Residual(views, nn.Conv2d(seen, self.size(c), 1), scale, last)

    def a_to_b(self) -> Branches:
        """Halve the grid, to 1088 channels (figure 7, k = l = 256, m = n = 384)."""
        return Branches(
            self.chain(320, (384, 3, 3, 2)),
            self.chain(320, (256, 1, 1), (256, 3, 3), (384, 3, 3, 2)),
            nn.MaxPool2d(3, 2),
        )

    def b_to_c(self) -> Branches:
        """Halve the grid once more, to 2080 channels (figure 18)."""
        return Branches(
            self.chain(1088, (256, 1, 1), (384, 3, 3, 2)),
            self.chain(1088, (256, 1, 1), (288, 3, 3, 2)),
            self.chain(1088, (256, 1, 1), (288, 3, 3), (320, 3, 3, 2)),
            nn.MaxPool2d(3, 2),
        )


class InceptionResNet(nn.Module):
    """Stem, residual modules A, B and C with reductions between, mean, linear head (figure 15)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width % 2 or min(config.depths) < 1:
            raise ValueError(
                f"the width is even and every stage has a module, not {config.width} and "
                f"{config.depths}"
            )
        make = Blueprint(config.width)
        self.stem = make.stem(config.channels, config.stride)

        def stage(kind: str, depth: int, scale: float) -> nn.Sequential:
            modules = [make.residual(kind, scale) for _ in range(depth)]
            if kind == "c":
                modules[-1] = make.residual(kind, scale=1.0, last=True)
            return nn.Sequential(*modules)

        stages = map(stage, "abc", config.depths, config.residual_scales)
        layers = OrderedDict[str, nn.Module](first=make.first(), a=next(stages))
        layers |= {"a-b": make.a_to_b(), "b": next(stages), "b-c": make.b_to_c()}
        layers |= {"c": next(stages), "last": make.chain(2080, (1536, 1, 1))[0]}
        self.body = nn.Sequential(layers)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(make.size(1536), config.classes)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.body(self.stem(image)).mean(dim=(2, 3))
        return self.head(self.dropout(features))
