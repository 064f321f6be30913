"""VGG: the same small convolution, many times.

Simonyan, Zisserman. Very Deep Convolutional Networks for Large-Scale Image Recognition. ICLR
2015, arXiv:1409.1556.

Answers: AlexNet's layers each had their own kernel (11, 5, 3) and stride, chosen by hand, so that
the worth of depth could not be told from that of the rest. Here every convolution is 3x3 with
stride 1: two of them see 5x5 pixels, three 7x7, with fewer weights and more nonlinearities than
one large kernel; what is left to vary is depth.

Departs from the paper: convolutions start by He's rule (2015), which spares the detour over a
trained shallower net, and dense layers as PyTorch starts them. Images of another size are pooled
to the dense layers' 7x7 pixels, where the paper slides the dense layers over larger maps (section
3.2). Configurations with 1x1 convolutions (C) and local response norm (A-LRN) are left out.

Shapes: b examples, c channels, h and w pixels.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.vgg.spec import Config
from nna.blocks.convolution import he_start, vgg_stage


def dense(n_in: int, hidden: int, classes: int, dropout: float) -> nn.Sequential:
    """FC-4096, FC-4096, FC-1000 (table 1), dropout after the first two (section 3.1)."""
    first, second = nn.Linear(n_in, hidden), nn.Linear(hidden, hidden)
    return nn.Sequential(
        *(first, nn.ReLU(), nn.Dropout(dropout)),
        *(second, nn.ReLU(), nn.Dropout(dropout)),
        nn.Linear(hidden, classes),
    )


class VGG(nn.Module):
    """A column of table 1: five stages of convolutions, then three dense layers."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if len(config.depths) != len(config.widths):
            raise ValueError(f"{len(config.depths)} stages, but {len(config.widths)} widths")
        last = config.side // 2 ** len(config.depths)
        if last < 1:
            raise ValueError(
                f"{len(config.depths)} stages halve a side of {config.side} pixels to nothing"
            )
        layers, c_in = [], config.channels
        for depth, width in zip(config.depths, config.widths, strict=True):
            layers += [*vgg_stage(c_in, width, depth), nn.MaxPool2d(2)]
            c_in = width
        self.body = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(last)
        self.head = dense(c_in * last**2, config.hidden, config.classes, config.dropout)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.pool(self.body(image))
        return self.head(features.flatten(1))
