"""Squeeze-and-excitation network (SE-ResNet): weigh channels by what the whole picture shows.

Hu, Shen, Albanie, Sun, Wu. Squeeze-and-Excitation Networks. CVPR 2018, arXiv:1709.01507.

Answers: a convolution sums its channels with weights that are the same for every picture, and
sees only what lies under its kernel. Here each block computes one gate a channel from the means of
all its maps, and scales the maps by them before they join the shortcut: what a local feature
counts may depend on all of the picture.

Departs from the paper: nothing in the networks with bottlenecks, whose stride is in the first 1x1
convolution, as in the authors' Caffe weights. Networks with basic blocks aren't in it; here, as in
their public checkpoints, a basic branch passes a ReLU before its gates. Stem 3x3 for small images.
The head starts as PyTorch starts linear layers.

Shapes: b examples, c channels, h and w pixels.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.senet.spec import Config
from nna.blocks.convolution import conv_norm, he_start
from nna.blocks.squeeze import SqueezeExcitation


class Gated(nn.Module):
    """y = relu(skip(x) + gate(branch(x))), where gate scales each channel (figures 1 and 3)."""

    def __init__(self, skip: nn.Module, branch: nn.Sequential, gate: SqueezeExcitation) -> None:
        super().__init__()
        self.skip, self.branch, self.gate = skip, branch, gate
        self.relu = nn.ReLU()

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return self.relu(self.skip(x) + self.gate(self.branch(x)))


def basic(c_in: int, width: int, stride: int, ratio: int) -> Gated:
    """Two 3x3 convolutions, a ReLU after each."""
    first, second = conv_norm(c_in, width, 3, stride), conv_norm(width, width, 3)
    branch = nn.Sequential(first, nn.ReLU(), second, nn.ReLU())
    return Gated(
        skip(c_in, width, stride), branch, SqueezeExcitation(width, max(1, width // ratio))
    )


def bottleneck(c_in: int, width: int, stride: int, ratio: int) -> Gated:
    """1x1 to reduce, 3x3, 1x1 to restore 4x the width (table 1, middle)."""
    c_out = 4 * width
    reduce, mix = conv_norm(c_in, width, 1, stride), conv_norm(width, width, 3)
    branch = nn.Sequential(reduce, nn.ReLU(), mix, nn.ReLU(), conv_norm(width, c_out, 1))
    return Gated(
        skip(c_in, c_out, stride), branch, SqueezeExcitation(c_out, max(1, c_out // ratio))
    )


def skip(c_in: int, c_out: int, stride: int) -> nn.Module:
    """The identity wherever shapes allow; elsewhere a 1x1 convolution."""
    same = c_in == c_out and stride == 1
    return nn.Identity() if same else conv_norm(c_in, c_out, 1, stride)


class SENet(nn.Module):
    """Stem (stride 4 or 1), stages (each but the first halves the side), mean, linear head."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.stride not in (1, 4):
            raise ValueError(f"the stem's stride is 4 (table 1) or 1, not {config.stride}")
        if config.stride == 4:
            conv = conv_norm(config.channels, config.width, 7, stride=2)
            pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)  # as Caffe: no rim, a last part window
            self.stem = nn.Sequential(conv, nn.ReLU(), pool)
        else:
            self.stem = nn.Sequential(conv_norm(config.channels, config.width, 3), nn.ReLU())
        block, grow = {"basic": (basic, 1), "bottleneck": (bottleneck, 4)}[config.block]
        self.body = nn.Sequential()
        c_in = config.width
        for stage, depth in enumerate(config.depths):
            width, blocks = config.width * 2**stage, nn.Sequential()
            for i in range(depth):
                stride = 2 if i == 0 and stage > 0 else 1
                blocks.append(block(c_in, width, stride, config.reduction))
                c_in = grow * width
            self.body.append(blocks)
        self.head = nn.Linear(c_in, config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.body(self.stem(image))
        return self.head(features.mean(dim=(2, 3)))
