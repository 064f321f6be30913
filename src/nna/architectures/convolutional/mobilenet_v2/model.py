"""MobileNetV2: residual blocks that are narrow between blocks and wide within.

Sandler, Howard, Zhu, Zhmoginov, Chen. MobileNetV2: Inverted Residuals and Linear Bottlenecks.
CVPR 2018, arXiv:1801.04381.

Answers: in MobileNet the pointwise convolutions of wide layers do 95 % of the work, and ReLU after
narrow layers destroys what it cuts off. Here layers between blocks are narrow and linear, and
joined by shortcuts; a block widens them for the depthwise filter and its ReLUs, then narrows again.

Departs from the paper: numbers of channels are rounded to multiples of eight, as in the authors'
code. Convolutions start after He.

Shapes: b examples, c channels, h and w pixels.
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import relu6

from nna.architectures.convolutional.mobilenet_v2.spec import Config
from nna.blocks.convolution import conv_norm, he_start

WIDTHS = (16, 24, 32, 64, 96, 160, 320)  # table 2: c of each stage
STRIDES = (1, 2, 2, 2, 1, 2, 1)  # and s, of its first block


def eights(width: float) -> int:
    """The nearest multiple of eight, the next where that takes off more than a tenth."""
    near = max(8, int(width + 4) // 8 * 8)
    return near if near >= 0.9 * width else near + 8


class InvertedResidual(nn.Module):
    """Widen, filter, narrow (table 1, figure 4d); a shortcut where the shape stays."""

    def __init__(self, c_in: int, c_out: int, stride: int, growth: int) -> None:
        super().__init__()
        inner = growth * c_in
        self.expand = conv_norm(c_in, inner, 1) if growth > 1 else None
        self.depthwise = conv_norm(inner, inner, 3, stride, groups=inner)
        self.project = conv_norm(inner, c_out, 1)  # no ReLU after it: section 3.2
        self.shortcut = stride == 1 and c_in == c_out

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        wide = x if self.expand is None else relu6(self.expand(x), inplace=True)
        y = self.project(relu6(self.depthwise(wide), inplace=True))
        return x + y if self.shortcut else y


class MobileNetV2(nn.Module):
    """Stem, stages of inverted residuals, a wide 1x1 convolution, mean, linear head (table 2)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if len(config.depths) > len(WIDTHS):
            raise ValueError(f"table 2 has {len(WIDTHS)} stages, not {len(config.depths)}")
        c_in = eights(32 * config.width_multiplier)
        conv = conv_norm(config.channels, c_in, 3, config.stride)
        self.stem = nn.Sequential(conv, nn.ReLU6(inplace=True))
        self.body = nn.Sequential()
        for stage, depth in enumerate(config.depths):
            c_out, blocks = eights(WIDTHS[stage] * config.width_multiplier), nn.Sequential()
            for i in range(depth):
                stride = STRIDES[stage] if i == 0 else 1
                growth = config.expansion if stage > 0 else 1
                blocks.append(InvertedResidual(c_in, c_out, stride, growth))
                c_in = c_out
            self.body.append(blocks)
        last = eights(1280 * max(1.0, config.width_multiplier))  # not thinned: section 4
        self.last = nn.Sequential(conv_norm(c_in, last, 1), nn.ReLU6(inplace=True))
        self.head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(last, config.classes))
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.last(self.body(self.stem(image)))
        return self.head(features.mean(dim=(2, 3)))
