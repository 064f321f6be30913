"""U-Net: name every pixel, from what the whole picture shows and from where exactly it is.

Ronneberger, Fischer, Brox. U-Net: Convolutional Networks for Biomedical Image Segmentation. MICCAI
2015, arXiv:1505.04597.

Answers: fully convolutional networks know what is in a picture after several poolings, but no
longer where, and their masks are blurred. U-Net climbs back to the full resolution step by step,
and at each step concatenates the maps of the same size from the way down.

Departs from the paper: with `padding` the maps keep their size, and the masks with them; the
paper's sizes go without. Dropout stands once, after the lowest level (the paper: "at the end of the
contracting path", without saying where).

Shapes: b pictures, c channels, h and w pixels; h2 and w2 less than these without padding.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.unet.spec import Config
from nna.blocks.convolution import he_start


def double(c_in: int, c_out: int, padding: int) -> nn.Sequential:
    """Two 3x3 convolutions, a ReLU after each; without padding they take 4 pixels off a side."""
    first = nn.Conv2d(c_in, c_out, 3, padding=padding)
    second = nn.Conv2d(c_out, c_out, 3, padding=padding)
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU())


class Up(nn.Module):
    """A 2x2 up-convolution that halves the channels; join with the way down; two convolutions."""

    def __init__(self, c_in: int, padding: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(c_in, c_in // 2, 2, stride=2)
        self.mix = double(c_in, c_in // 2, padding)

    def forward(
        self, low: Float[Tensor, "b c h w"], skip: Float[Tensor, "b c_skip h_skip w_skip"]
    ) -> Float[Tensor, "b c_out h2 w2"]:
        raised = self.up(low)
        return self.mix(torch.cat([middle(skip, raised), raised], dim=1))


def middle(
    x: Float[Tensor, "b c h w"], like: Float[Tensor, "b c2 h2 w2"]
) -> Float[Tensor, "b c h2 w2"]:
    """Cut out of the middle ("copy and crop"): unpadded convolutions have lost the rim."""
    top, left = ((x.shape[d] - like.shape[d]) // 2 for d in (2, 3))
    return x[:, :, top : top + like.shape[2], left : left + like.shape[3]]


class UNet(nn.Module):
    """The contracting path, the expansive path, and a 1x1 convolution to the classes (figure 1)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.padding not in (0, 1):
            raise ValueError(f"padding is 0 (as published) or 1, not {config.padding}")
        widths = [config.width * 2**level for level in range(config.depth + 1)]
        inputs = [config.channels, *widths]
        self.down = nn.ModuleList(
            double(c_in, width, config.padding)
            for c_in, width in zip(inputs[:-2], widths[:-1], strict=True)
        )
        self.pool = nn.MaxPool2d(2)
        self.bottom = nn.Sequential(
            double(inputs[-2], widths[-1], config.padding), nn.Dropout(config.dropout)
        )
        self.up = nn.ModuleList(Up(width, config.padding) for width in reversed(widths[1:]))
        self.head = nn.Conv2d(config.width, config.classes, 1)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes h2 w2"]:
        skips, x = [], image
        for level in self.down:
            x = level(x)
            skips.append(x)
            x = self.pool(x)
        x = self.bottom(x)
        for level in self.up:
            x = level(x, skips.pop())
        return self.head(x)
