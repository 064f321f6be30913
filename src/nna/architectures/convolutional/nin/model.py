"""Network in Network: slide a small multilayer perceptron over the picture, not a linear kernel.

Lin, Chen, Yan. Network In Network. ICLR 2014, arXiv:1312.4400.

Answers: a convolution's kernel is linear in the patch that it sees, so it parts only what a
hyperplane parts; and AlexNet keeps 96 % of its weights in fully connected layers, which overfit.
Here each place is seen by a perceptron with hidden layers, which are 1x1 convolutions, and the
last maps, one a class, are averaged: the head has no weights at all.

Departs from the paper: it prints no widths; they are those that its authors published for
CIFAR-10. Both poolings take maxima, as the text says (the published file averages in the second).
The last layer isn't rectified: behind a ReLU a class whose map is zero everywhere gets no gradient
and is lost (of our desk runs the one from seed 1 ended so, at 79.4 %).

Shapes: b examples, c channels, h and w pixels, k classes.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.nin.spec import Config
from nna.blocks.convolution import he_start


def mlpconv(c_in: int, widths: tuple[int, ...], kernel: int) -> nn.Sequential:
    """f_n = max(w_n f_(n-1) + b_n, 0) at every place, f_0 the patch around it (equation 2).

    Args:
        c_in: channels of the patch.
        widths: units of each layer.
        kernel: side of the patch; only the first layer looks further than its own place.
    """
    layers = nn.Sequential(nn.Conv2d(c_in, widths[0], kernel, padding=kernel // 2), nn.ReLU())
    for before, after in pairwise(widths):
        layers.extend((nn.Conv2d(before, after, 1), nn.ReLU()))
    return layers


class GlobalAverage(nn.Module):
    """Each map's mean: its confidence in its class (section 3.2)."""

    def forward(self, x: Float[Tensor, "b k h w"]) -> Float[Tensor, "b k"]:
        return x.mean(dim=(2, 3))


class NetworkInNetwork(nn.Module):
    """Micro networks, pooling and dropout between them, the means of the last maps (figure 2)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if len(config.widths) != len(config.kernels):
            raise ValueError(f"{len(config.widths)} micro networks, {len(config.kernels)} kernels")
        *widths, last = config.widths
        self.body = nn.Sequential()
        c_in = config.channels
        for width, kernel in zip(widths, config.kernels[:-1], strict=True):
            self.body.append(mlpconv(c_in, width, kernel))
            self.body.append(nn.MaxPool2d(3, stride=2, ceil_mode=True))
            self.body.append(nn.Dropout(config.dropout))
            c_in = width[-1]
        self.body.append(mlpconv(c_in, last, config.kernels[-1]))
        self.body.append(nn.Conv2d(last[-1], config.classes, 1))  # no ReLU: see above
        self.head = GlobalAverage()
        he_start(self)

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        return self.head(self.body(image))
