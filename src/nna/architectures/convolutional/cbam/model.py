"""CBAM: weigh channels, then places, in every residual block.

Woo, Park, Lee, Kweon. CBAM: Convolutional Block Attention Module. ECCV 2018, arXiv:1807.06521.

Answers: squeeze and excitation reads a channel by its mean, in which a small strong feature drowns,
and gives every place the same weight. Here a channel is read by its mean and its maximum, and a
second gate, a convolution over the mean and maximum of all channels, weighs each place.

Departs from the paper: a batch norm stands behind the spatial gate's convolution, as in the
authors' code and in timm, and the bottleneck strides in its 3x3 convolution, likewise. The channel
gate has no biases, as in equation 2; the authors' code has them. Stem 3x3 for small images. The
head starts as PyTorch starts linear layers.

Shapes: b examples, c channels, h and w pixels.
"""

from collections import OrderedDict

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.cbam.spec import Config
from nna.blocks.convolution import conv_norm, he_start


class ChannelGate(nn.Module):
    """x * sigmoid(W1 relu(W0 mean(x)) + W1 relu(W0 max(x))) (equation 2, figure 2 above)."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1, bias=False)
        self.relu = nn.ReLU()
        self.excite = nn.Conv2d(squeezed, channels, 1, bias=False)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        pooled = x.mean(dim=(2, 3), keepdim=True), x.amax(dim=(2, 3), keepdim=True)
        mean, most = (self.excite(self.relu(self.squeeze(z))) for z in pooled)
        return x * (mean + most).sigmoid()


class SpatialGate(nn.Module):
    """x * sigmoid(f([mean(x); max(x)])), over channels; f a convolution (equation 3, figure 2)."""

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.conv = conv_norm(2, 1, kernel)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        pooled = torch.cat([x.mean(dim=1, keepdim=True), x.amax(dim=1, keepdim=True)], dim=1)
        return x * self.conv(pooled).sigmoid()


def gates(channels: int, ratio: int, kernel: int) -> nn.Sequential:
    """Channels first, then places (equation 1)."""
    channel = ChannelGate(channels, max(1, channels // ratio))
    return nn.Sequential(OrderedDict(channel=channel, spatial=SpatialGate(kernel)))


class Attended(nn.Module):
    """y = relu(skip(x) + gates(branch(x))) (figure 3)."""

    def __init__(self, skip: nn.Module, branch: nn.Sequential, gates: nn.Sequential) -> None:
        super().__init__()
        self.skip, self.branch, self.gates = skip, branch, gates
        self.relu = nn.ReLU()

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return self.relu(self.skip(x) + self.gates(self.branch(x)))


def skip(c_in: int, c_out: int, stride: int) -> nn.Module:
    """The identity wherever shapes allow; elsewhere a 1x1 convolution."""
    same = c_in == c_out and stride == 1
    return nn.Identity() if same else conv_norm(c_in, c_out, 1, stride)


def block(c_in: int, width: int, stride: int, config: Config) -> tuple[Attended, int]:
    """A basic block, or a bottleneck, with its gates; and the channels that come out."""
    if config.block == "basic":
        c_out = width
        branch = (conv_norm(c_in, width, 3, stride), nn.ReLU(), conv_norm(width, width, 3))
    else:
        c_out = 4 * width
        reduce, mix = conv_norm(c_in, width, 1), conv_norm(width, width, 3, stride)
        branch = (reduce, nn.ReLU(), mix, nn.ReLU(), conv_norm(width, c_out, 1))
    own = gates(c_out, config.reduction, config.kernel)
    return Attended(skip(c_in, c_out, stride), nn.Sequential(*branch), own), c_out


class CBAMNet(nn.Module):
    """Stem (stride 4 or 1), stages (each but the first halves the side), mean, linear head."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.stride not in (1, 4):
            raise ValueError(f"the stem's stride is 4 (as ResNet's) or 1, not {config.stride}")
        if config.stride == 4:
            conv = conv_norm(config.channels, config.width, 7, stride=2)
            self.stem = nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1))
        else:
            self.stem = nn.Sequential(conv_norm(config.channels, config.width, 3), nn.ReLU())
        self.body = nn.Sequential()
        c = config.width
        for stage, depth in enumerate(config.depths):
            blocks = nn.Sequential()
            for i in range(depth):
                stride = 2 if i == 0 and stage > 0 else 1
                made, c = block(c, config.width * 2**stage, stride, config)
                blocks.append(made)
            self.body.append(blocks)
        self.head = nn.Linear(c, config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.body(self.stem(image))
        return self.head(features.mean(dim=(2, 3)))
