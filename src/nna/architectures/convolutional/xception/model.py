"""Xception: Inception taken to its end, one filter for each channel.

Chollet. Xception: Deep Learning with Depthwise Separable Convolutions. CVPR 2017, arXiv:1610.02357.

Answers: an Inception module splits its channels over a few towers, as if looking along channels and
looking over pixels were nearly independent, but into how many and of which kinds is made by hand.
Split them to the end, one tower for each channel, and the module is a depthwise separable
convolution; stack those with shortcuts, and nothing is left to choose.

Departs from the paper: nothing. Convolutions start after He, which it does not say.

Shapes: b examples, c channels, h and w pixels.
"""

from collections import OrderedDict

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.xception.spec import Config
from nna.blocks.convolution import conv_norm, he_start


def unpadded(c_in: int, c_out: int, stride: int) -> nn.Sequential:
    """An ordinary 3x3 convolution, two pixels lost, then batch norm and ReLU (figure 5, top)."""
    conv = nn.Conv2d(c_in, c_out, 3, stride, bias=False)
    return nn.Sequential(OrderedDict(conv=conv, norm=nn.BatchNorm2d(c_out), relu=nn.ReLU()))


def separable(c_in: int, c_out: int, activation: str) -> nn.Sequential:
    """A 3x3 filter for each channel, a 1x1 convolution, batch norm (figure 4, in reverse order)."""
    between = {"none": nn.Identity, "relu": nn.ReLU, "elu": nn.ELU}[activation]()
    return nn.Sequential(
        OrderedDict(
            depthwise=nn.Conv2d(c_in, c_in, 3, padding=1, groups=c_in, bias=False),
            between=between,  # nothing, but for the comparison of section 4.7
            pointwise=nn.Conv2d(c_in, c_out, 1, bias=False),
            norm=nn.BatchNorm2d(c_out),
        )
    )


class Residual(nn.Module):
    """y = skip(x) + branch(x); without a skip, the branch alone (section 4.6)."""

    def __init__(self, skip: nn.Module | None, branch: nn.Module) -> None:
        super().__init__()
        self.skip, self.branch = skip, branch

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        y = self.branch(x)
        return y if self.skip is None else self.skip(x) + y


def block(
    config: Config, c_in: int, *widths: int, halve: bool = False, relu: bool = True
) -> Residual:
    """Separable convolutions of some widths, ReLU before each (not before the first of all)."""
    branch, c = nn.Sequential(), c_in
    for i, width in enumerate(widths):
        if relu or i > 0:
            branch.append(nn.ReLU())
        branch.append(separable(c, width, config.activation))
        c = width
    if halve:
        branch.append(nn.MaxPool2d(3, stride=2, padding=1))
    if not config.shortcut:
        return Residual(None, branch)
    return Residual(conv_norm(c_in, c, 1, stride=2) if halve else nn.Identity(), branch)


class Xception(nn.Module):
    """Entry flow, middle flow, exit flow, mean, linear head (figure 5)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        first, c_in, *entry, before, third, last = config.widths
        self.stem = nn.Sequential(
            unpadded(config.channels, first, config.stride), unpadded(first, c_in, 1)
        )
        self.entry = nn.Sequential()
        for i, width in enumerate(entry):
            self.entry.append(block(config, c_in, width, width, halve=True, relu=i > 0))
            c_in = width
        self.middle = nn.Sequential()
        for _ in range(config.blocks):
            self.middle.append(block(config, c_in, c_in, c_in, c_in))
        self.exit = nn.Sequential(
            block(config, c_in, c_in, before, halve=True),
            separable(before, third, config.activation),
            nn.ReLU(),
            separable(third, last, config.activation),
            nn.ReLU(),
        )
        self.head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(last, config.classes))
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.exit(self.middle(self.entry(self.stem(image))))
        return self.head(features.mean(dim=(2, 3)))
