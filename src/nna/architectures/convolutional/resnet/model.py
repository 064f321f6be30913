"""Residual network (ResNet): learn what to add, not what to become.

He, Zhang, Ren, Sun. Deep Residual Learning for Image Recognition. CVPR 2016, arXiv:1512.03385.

Answers: past about 20 layers, plain networks such as VGG fit even the training set worse
("degradation"), though the deeper net could copy the shallower one and add identities. A
residual block computes y = x + F(x), so that doing nothing is the easy case, F = 0; depth pays
again, to 152 layers.

Departs from the paper: the bottleneck strides in its 3x3 convolution, not its first 1x1, as
torchvision and timm do ("v1.5"): 4.09e9 multiply-adds for ResNet-50, not 3.86e9. The head starts
as PyTorch starts linear layers.

Shapes: b examples, c channels, h and w pixels.
"""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.resnet.spec import Config
from nna.blocks.convolution import conv_norm, he_start


class Padded(nn.Module):
    """Shortcut without parameters (option A): every `stride`-th pixel, zeros as new channels."""

    def __init__(self, c_in: int, c_out: int, stride: int) -> None:
        super().__init__()
        self.extra, self.stride = c_out - c_in, stride

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.extra))


def skip(c_in: int, c_out: int, stride: int, shortcut: str) -> nn.Module:
    """The identity wherever shapes allow; elsewhere option A, or a 1x1 convolution (option B)."""
    if c_in == c_out and stride == 1:
        return nn.Identity()
    if shortcut == "padded":
        return Padded(c_in, c_out, stride)
    return conv_norm(c_in, c_out, 1, stride)


class Residual(nn.Module):
    """y = relu(skip(x) + branch(x)) (equations 1 and 2, figure 2)."""

    def __init__(self, skip: nn.Module, *branch: nn.Module) -> None:
        super().__init__()
        self.skip = skip
        self.branch = nn.Sequential(*branch)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        y = self.branch(x)
        y += self.skip(x)
        return self.relu(y)


def basic(c_in: int, width: int, stride: int, shortcut: str) -> Residual:
    """Two 3x3 convolutions (figure 5, left): ResNet-18, -34 and all of section 4.2."""
    first, second = conv_norm(c_in, width, 3, stride), conv_norm(width, width, 3)
    branch = (first, nn.ReLU(inplace=True), second)
    return Residual(skip(c_in, width, stride, shortcut), *branch)


def bottleneck(c_in: int, width: int, stride: int, shortcut: str) -> Residual:
    """1x1 to reduce, 3x3, 1x1 to restore 4x the width (figure 5, right): ResNet-50 and up."""
    reduce, mix = conv_norm(c_in, width, 1), conv_norm(width, width, 3, stride)
    restore = conv_norm(width, 4 * width, 1)
    branch = (reduce, nn.ReLU(inplace=True), mix, nn.ReLU(inplace=True), restore)
    return Residual(skip(c_in, 4 * width, stride, shortcut), *branch)


class ResNet(nn.Module):
    """Stem (stride 4 or 1), stages (each but the first halves the side), mean, linear head."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.stride not in (1, 4):
            raise ValueError(f"the stem's stride is 4 (table 1) or 1, not {config.stride}")
        if config.stride == 4:
            conv = conv_norm(config.channels, config.width, 7, stride=2)
            pool = nn.MaxPool2d(3, stride=2, padding=1)
            self.stem = nn.Sequential(conv, nn.ReLU(inplace=True), pool)
        else:
            conv = conv_norm(config.channels, config.width, 3)
            self.stem = nn.Sequential(conv, nn.ReLU(inplace=True))
        block, grow = {"basic": (basic, 1), "bottleneck": (bottleneck, 4)}[config.block]
        self.body = nn.Sequential()
        c_in = config.width
        for stage, depth in enumerate(config.depths):
            width, blocks = config.width * 2**stage, nn.Sequential()
            for i in range(depth):
                stride = 2 if i == 0 and stage > 0 else 1
                blocks.append(block(c_in, width, stride, config.shortcut))
                c_in = grow * width
            self.body.append(blocks)
        self.head = nn.Linear(c_in, config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.body(self.stem(image))
        return self.head(features.mean(dim=(2, 3)))
