"""Wide residual network (WRN): fewer residual blocks, each wider.

Zagoruyko, Komodakis. Wide Residual Networks. BMVC 2016, arXiv:1605.07146.

Answers: thin residual networks of a thousand layers gain each fraction of a percent by doubling
their depth, and layers wait for one another. Width is computed in parallel: 16 layers, 8 times as
wide, err no more than 1001 thin ones. With so many weights a block, dropout between its two
convolutions helps.

Departs from the paper: nothing in the networks for CIFAR. In those for ImageNet, which keep
ResNet-50's blocks (section 3.4) and widen their inner convolutions, the stride is in the 3x3
convolution, as in torchvision. The head starts as PyTorch starts linear layers.

Shapes: b examples, c channels, h and w pixels.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.wide_resnet.spec import Config
from nna.blocks.convolution import conv_norm, he_start


def conv(c_in: int, c_out: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """A convolution without bias that keeps the side, or divides it by the stride."""
    return nn.Conv2d(c_in, c_out, kernel, stride, padding=kernel // 2, bias=False)


def norm_relu(channels: int) -> nn.Sequential:
    """Batch norm and ReLU, before a convolution."""
    return nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())


class Basic(nn.Module):
    """y = x + branch(x), norm and ReLU before each 3x3 convolution (figures 1b and 1d, table 1).

    Where shapes change, norm and ReLU come before the 1x1 shortcut as well.
    """

    def __init__(self, c_in: int, width: int, stride: int, dropout: float) -> None:
        super().__init__()
        self.open = norm_relu(c_in)
        same = c_in == width and stride == 1
        self.skip = None if same else conv(c_in, width, 1, stride)
        first, second = conv(c_in, width, 3, stride), conv(width, width, 3)
        self.branch = nn.Sequential(first, norm_relu(width), nn.Dropout(dropout), second)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        opened = self.open(x)
        return (x if self.skip is None else self.skip(opened)) + self.branch(opened)


class Bottleneck(nn.Module):
    """y = relu(skip(x) + branch(x)), ResNet-50's block, k times as wide inside (table 8)."""

    def __init__(self, c_in: int, inner: int, c_out: int, stride: int) -> None:
        super().__init__()
        same = c_in == c_out and stride == 1
        self.skip = nn.Identity() if same else conv_norm(c_in, c_out, 1, stride)
        reduce, mix = conv_norm(c_in, inner, 1), conv_norm(inner, inner, 3, stride)
        restore = conv_norm(inner, c_out, 1)
        self.branch = nn.Sequential(reduce, nn.ReLU(), mix, nn.ReLU(), restore)
        self.relu = nn.ReLU()

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return self.relu(self.skip(x) + self.branch(x))


class WideResNet(nn.Module):
    """Stem, stages (each but the first halves the side and doubles the width), mean, linear head.

    Basic blocks follow a 3x3 convolution to 16 channels and end in a last norm and ReLU; bottleneck
    blocks follow ResNet's stem, which divides the side by four.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        wide = config.block == "basic"
        c_in = 16 if wide else 64
        if wide:
            self.stem = conv(config.channels, c_in, 3)
        else:
            first = conv_norm(config.channels, c_in, 7, stride=2)
            self.stem = nn.Sequential(first, nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1))
        self.body = nn.Sequential()
        for stage, depth in enumerate(config.depths):
            inner = (16 if wide else 64) * config.width * 2**stage
            c_out = inner if wide else 256 * 2**stage
            blocks = nn.Sequential()
            for i in range(depth):
                stride = 2 if i == 0 and stage > 0 else 1
                if wide:
                    blocks.append(Basic(c_in, c_out, stride, config.dropout))
                else:
                    blocks.append(Bottleneck(c_in, inner, c_out, stride))
                c_in = c_out
            self.body.append(blocks)
        self.close = norm_relu(c_in) if wide else nn.Identity()
        self.head = nn.Linear(c_in, config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.close(self.body(self.stem(image)))
        return self.head(features.mean(dim=(2, 3)))
