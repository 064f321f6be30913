"""MobileNet: filter each channel by itself, then mix the channels pixel by pixel.

Howard, Zhu, Chen, Kalenichenko, Wang, Weyand, Andreetto, Adam. MobileNets: Efficient Convolutional
Neural Networks for Mobile Vision Applications. arXiv:1704.04861, 2017.

Answers: networks such as VGG cost 15e9 multiply-adds an image, more than a phone can spend. A
convolution does two jobs at once, filtering over pixels and mixing over channels; done one after
the other, a 3x3 convolution costs an eighth to a ninth. Two numbers, one for the width and one
for the side of the image, then fit the network to what a device affords.

Departs from the paper: activations are capped at 6 (ReLU6), as in the authors' own code and in
public weights; the last separable block has stride 1, which table 1 needs for its shapes, though
it prints 2. Convolutions start after He.

Shapes: b examples, c channels, h and w pixels.
"""

from collections import OrderedDict

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.mobilenet_v1.spec import Config
from nna.blocks.convolution import conv_norm, he_start


def separable(c_in: int, c_out: int, stride: int) -> nn.Sequential:
    """A 3x3 filter for each channel, then a 1x1 convolution (equations 3 and 5, figure 3)."""
    return nn.Sequential(
        OrderedDict(
            depthwise=conv_norm(c_in, c_in, 3, stride, groups=c_in),
            relu=nn.ReLU6(),
            pointwise=conv_norm(c_in, c_out, 1),
            relu2=nn.ReLU6(),
        )
    )


def full(c_in: int, c_out: int, stride: int) -> nn.Sequential:
    """What it replaces: one 3x3 convolution over all channels (equation 1, table 4)."""
    return nn.Sequential(OrderedDict(conv=conv_norm(c_in, c_out, 3, stride), relu=nn.ReLU6()))


class MobileNetV1(nn.Module):
    """Stem, stages (each but the first halves the side, doubles the width), mean, linear head."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        block = {"separable": separable, "full": full}[config.block]
        c_in = round(32 * config.width_multiplier)
        self.stem = nn.Sequential(conv_norm(config.channels, c_in, 3, config.stride), nn.ReLU6())
        self.body = nn.Sequential()
        for stage, depth in enumerate(config.depths):
            c_out, blocks = round(64 * 2**stage * config.width_multiplier), nn.Sequential()
            for i in range(depth):
                blocks.append(block(c_in, c_out, 2 if i == 0 and stage > 0 else 1))
                c_in = c_out
            self.body.append(blocks)
        self.head = nn.Linear(c_in, config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.body(self.stem(image))
        return self.head(features.mean(dim=(2, 3)))
