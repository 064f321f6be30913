"""Convolution followed by batch norm, a stage of plain ones, and the start of their weights."""

from collections import OrderedDict

from torch import nn


def conv_norm(  # noqa: PLR0913 - a convolution has as many
    c_in: int,
    c_out: int,
    kernel: int | tuple[int, int],
    stride: int = 1,
    groups: int = 1,
    dilation: int = 1,
    eps: float = 1e-5,
) -> nn.Sequential:
    """A convolution without bias, then batch norm; `ceil(side / stride)` pixels a side come out.

    Args:
        c_in: channels that come in.
        c_out: channels that come out.
        kernel: side, odd, or height and width.
        stride: pixels between two windows.
        groups: parts that the channels fall into; each output sees its own part only
            (Krizhevsky 2012, section 3.5); `groups=c_in` is a depthwise convolution.
        dilation: pixels between two taps of the kernel (Yu, Koltun 2016, equation 2).
        eps: added to the variance; part of a published network as much as its sizes.
    """
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    conv = nn.Conv2d(
        c_in,
        c_out,
        (height, width),
        stride,
        padding=(dilation * (height // 2), dilation * (width // 2)),
        dilation=dilation,
        groups=groups,
        bias=False,
    )
    return nn.Sequential(OrderedDict(conv=conv, norm=nn.BatchNorm2d(c_out, eps)))


def vgg_stage(c_in: int, c_out: int, depth: int) -> nn.Sequential:
    """3x3 convolutions that keep the side, a ReLU after each; what pools between is the user's.

    Simonyan, Zisserman (2015), Very Deep Convolutional Networks, table 1.
    """
    layers = nn.Sequential()
    for i in range(depth):
        layers.append(nn.Conv2d(c_in if i == 0 else c_out, c_out, 3, padding=1))
        layers.append(nn.ReLU())
    return layers


def he_start(model: nn.Module) -> None:
    """Gaussian weights of variance 2 / (outgoing connections) in all 2-d convolutions, no biases.

    Of grouped convolutions the connections are counted as if there were one group, as torch counts
    them; batch norm behind makes up for the smaller weights.

    He, Zhang, Ren, Sun (2015), Delving Deep into Rectifiers, equation 14.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
