"""EfficientNet: grow depth, width and image together, in fixed proportions.

Tan, Le. EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks. ICML 2019,
arXiv:1905.11946.

Answers: networks were scaled up in one dimension, deeper or wider or for larger images, and each
alone soon stops paying. Larger images need more layers to see them whole and more channels for
finer detail; scaled together, from a small baseline that a search found, accuracy keeps rising.

Departs from the paper: batch norm adds 1e-5 to the variance, as in timm's weights, where the
authors' code adds 1e-3; where a stride of 2 meets an even side, zeros are added on both rims, not
after the last pixel only. Numbers of channels are rounded to multiples of eight, as in that code.

Shapes: b examples, c channels, h and w pixels.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.efficientnet.spec import STAGES, Config, deeper, strides, wider
from nna.blocks.convolution import conv_norm, he_start
from nna.blocks.squeeze import SqueezeExcitation
from nna.blocks.stochastic_depth import StochasticDepth


class MBConv(nn.Module):
    """Widen, filter, weigh the channels, narrow (section 4); a shortcut where the shape stays."""

    def __init__(  # noqa: PLR0913 - the columns of table 1
        self, c_in: int, c_out: int, growth: int, kernel: int, stride: int, rate: float
    ) -> None:
        super().__init__()
        inner = growth * c_in
        self.expand = conv_norm(c_in, inner, 1) if growth > 1 else None
        self.depthwise = conv_norm(inner, inner, kernel, stride, groups=inner)
        self.weigh = SqueezeExcitation(inner, c_in // 4, activation=nn.SiLU)
        self.project = conv_norm(inner, c_out, 1)
        self.swish = nn.SiLU(inplace=True)
        same = stride == 1 and c_in == c_out
        self.drop = StochasticDepth(rate) if same else None  # of what the shortcut adds to

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        wide = x if self.expand is None else self.swish(self.expand(x))
        y = self.project(self.weigh(self.swish(self.depthwise(wide))))
        if self.drop is not None:
            y = self.drop(y)
            y += x
        return y


class EfficientNet(nn.Module):
    """Stem, seven stages of MBConv, a wide 1x1 convolution, mean, linear head (table 1)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        c_in, (first, *rest) = wider(32, config.width_multiplier), strides(config.stride)
        conv = conv_norm(config.channels, c_in, 3, first)
        self.stem = nn.Sequential(conv, nn.SiLU(inplace=True))
        self.body = nn.Sequential()
        count, done = sum(deeper(stage.depth, config.depth_multiplier) for stage in STAGES), 0
        for stage, halve in zip(STAGES, rest, strict=True):
            c_out, blocks = wider(stage.width, config.width_multiplier), nn.Sequential()
            for i in range(deeper(stage.depth, config.depth_multiplier)):
                stride = halve if i == 0 else 1
                rate = config.drop_path * done / count  # the later, the likelier dropped
                blocks.append(MBConv(c_in, c_out, stage.growth, stage.kernel, stride, rate))
                c_in, done = c_out, done + 1
            self.body.append(blocks)
        last = wider(1280, config.width_multiplier)
        self.last = nn.Sequential(conv_norm(c_in, last, 1), nn.SiLU(inplace=True))
        self.head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(last, config.classes))
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.last(self.body(self.stem(image)))
        return self.head(features.mean(dim=(2, 3)))
