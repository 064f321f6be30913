"""DenseNet: every layer reads all earlier ones.

Huang, Liu, van der Maaten, Weinberger. Densely Connected Convolutional Networks. CVPR 2017,
arXiv:1608.06993.

Answers: a residual network adds each layer's result to one sum, where later layers can't tell
apart what earlier ones found, and many layers add next to nothing. Here results stand side by
side: layer l reads the l maps before it and adds k channels of its own, so that k can be small
(12 to 48) and the loss reaches every layer by a short way.

Departs from the paper: the dropout that it uses where images aren't augmented is left out. The head
starts as PyTorch starts linear layers.

Shapes: b examples, c channels, h and w pixels.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.densenet.spec import Config
from nna.blocks.convolution import he_start


def norm_relu(channels: int) -> nn.Sequential:
    """Batch norm and ReLU, before a convolution."""
    return nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())


def conv(c_in: int, c_out: int, kernel: int) -> nn.Conv2d:
    """A convolution without bias that keeps the side."""
    return nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False)


def layer(c_in: int, growth: int, hidden: int) -> nn.Sequential:
    """H_l: norm, ReLU, 3x3 convolution to k channels; before it (B) the same, 1x1, to 4k."""
    if hidden == 0:
        return nn.Sequential(norm_relu(c_in), conv(c_in, growth, 3))
    inner = hidden * growth
    return nn.Sequential(
        norm_relu(c_in), conv(c_in, inner, 1), norm_relu(inner), conv(inner, growth, 3)
    )


class Dense(nn.Module):
    """x_l = H_l([x_0, x_1, ..., x_(l-1)]) for each layer (equation 2, figure 1); gives all."""

    def __init__(self, c_in: int, depth: int, growth: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.ModuleDict()  # counted from 1, as in the paper
        for i in range(depth):
            self.layers[str(i + 1)] = layer(c_in + i * growth, growth, hidden)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h w"]:
        maps = x
        for compute in self.layers.values():
            maps = torch.cat([maps, compute(maps)], dim=1)
        return maps


def transition(c_in: int, c_out: int) -> nn.Sequential:
    """Norm, ReLU and 1x1 convolution to theta of the channels (C), mean of each 2x2 pixels."""
    return nn.Sequential(norm_relu(c_in), conv(c_in, c_out, 1), nn.AvgPool2d(2))


class DenseNet(nn.Module):
    """Stem (stride 4 or 1), dense blocks with transitions between, mean, linear head (table 1)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.stride not in (1, 4):
            raise ValueError(f"the stem's stride is 4 (table 1) or 1, not {config.stride}")
        c = config.width
        if config.stride == 4:
            first = nn.Conv2d(config.channels, c, 7, stride=2, padding=3, bias=False)
            self.stem = nn.Sequential(first, norm_relu(c), nn.MaxPool2d(3, stride=2, padding=1))
        else:
            self.stem = nn.Sequential(conv(config.channels, c, 3))
        self.body = nn.Sequential()
        for i, depth in enumerate(config.depths):
            if i > 0:
                kept = int(c * config.compression)
                self.body.append(transition(c, kept))
                c = kept
            self.body.append(Dense(c, depth, config.growth, config.hidden))
            c += depth * config.growth
        self.close = norm_relu(c)
        self.head = nn.Linear(c, config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.close(self.body(self.stem(image)))
        return self.head(features.mean(dim=(2, 3)))
