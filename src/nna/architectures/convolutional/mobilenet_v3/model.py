"""MobileNetV3: inverted residuals whose sizes a search chose, with weighed channels and h-swish.

Howard, Sandler, Chu, Chen, Chen, Tan, Wang, Zhu, Pang, Vasudevan, Le, Adam. Searching for
MobileNetV3. ICCV 2019, arXiv:1905.02244.

Answers: MobileNetV2 repeats one block by hand-made rules, and its first and last layers cost more
than they give. Here a search on measured time chose filters and widths row by row, squeeze and
excitation weighs the channels within a block, the wide last layer comes after the mean, and swish
is replaced by a piecewise form that phones compute cheaply.

Departs from the paper: batch norm adds 1e-5 to the variance, as in timm's weights, where the
authors' code adds 1e-3. Numbers of channels are rounded to multiples of eight, as in that code.
Convolutions start after He.

Shapes: b examples, c channels, h and w pixels.
"""

from itertools import groupby

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.mobilenet_v3.spec import ROWS, Config, Row
from nna.blocks.convolution import conv_norm, he_start
from nna.blocks.squeeze import SqueezeExcitation


def eights(width: float) -> int:
    """The nearest multiple of eight, the next where that takes off more than a tenth."""
    near = max(8, int(width + 4) // 8 * 8)
    return near if near >= 0.9 * width else near + 8


class Bottleneck(nn.Module):
    """Widen, filter, weigh the channels, narrow (figure 4); a shortcut where the shape stays."""

    def __init__(self, c_in: int, inner: int, c_out: int, row: Row) -> None:
        super().__init__()
        self.expand = conv_norm(c_in, inner, 1) if inner != c_in else None
        self.depthwise = conv_norm(inner, inner, row.kernel, row.stride, groups=inner)
        self.weigh = nn.Identity()
        if row.attention:
            self.weigh = SqueezeExcitation(inner, eights(inner / 4), gate=nn.Hardsigmoid)
        self.project = conv_norm(inner, c_out, 1)
        self.activation = {"relu": nn.ReLU, "hswish": nn.Hardswish}[row.activation]()
        self.shortcut = row.stride == 1 and c_in == c_out

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        wide = x if self.expand is None else self.activation(self.expand(x))
        y = self.project(self.weigh(self.activation(self.depthwise(wide))))
        return x + y if self.shortcut else y


class MobileNetV3(nn.Module):
    """Stem, the table's rows in stages of one width, 1x1 convolution, mean, two layers."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        before, c_in = 16, eights(16 * config.width_multiplier)  # channels, by the table and here
        conv = conv_norm(config.channels, c_in, 3, config.stride)
        self.stem = nn.Sequential(conv, nn.Hardswish())
        self.body = nn.Sequential()
        for width, rows in groupby(ROWS[config.bottlenecks], key=lambda row: row.width):
            c_out, blocks = eights(width * config.width_multiplier), nn.Sequential()
            for row in rows:
                inner = eights(row.inner / before * c_in)
                blocks.append(Bottleneck(c_in, inner, c_out, row))
                before, c_in = width, c_out
            self.body.append(blocks)
        last = eights(6 * before * config.width_multiplier)
        self.last = nn.Sequential(conv_norm(c_in, last, 1), nn.Hardswish())
        self.head = nn.Sequential(
            nn.Linear(last, config.hidden),  # after the mean: section 5.1, figure 5
            nn.Hardswish(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden, config.classes),
        )
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.last(self.body(self.stem(image)))
        return self.head(features.mean(dim=(2, 3)))
