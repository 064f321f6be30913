"""GoogLeNet (Inception v1): look at several scales at once, and squeeze before you look.

Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich. Going Deeper with
Convolutions. CVPR 2015, arXiv:1409.4842.

Answers: AlexNet grew better by growing, and most of its 60 million weights lie in dense layers. An
inception module puts 1x1, 3x3 and 5x5 convolutions and a pool side by side, behind 1x1
convolutions with few channels; nine of them and a mean over the last map make 22 layers with 7
million weights. Two small classifiers halfway give the early layers a gradient of their own.

Departs from the paper: batch norm (2015) follows each convolution in place of biases and of local
response norm; auxiliary heads pool to 4x4 pixels whatever the map, as in torchvision. Its
5x5 kernels are 3x3 there: `kernel=3`.

Shapes: b examples, c channels, h and w pixels.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.googlenet.spec import Config
from nna.blocks.convolution import conv_norm, he_start

# Table 1: channels of 1x1; of 3x3 after its reduction; of 5x5 after its; of the pool's projection.
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
POOLED = {"3b": 3, "4e": 2}  # module -> side of the max pool after it, stride 2
TAPPED = ("4a", "4d")  # modules with an auxiliary head


def conv(c_in: int, c_out: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    unit = conv_norm(c_in, c_out, kernel, stride, eps=1e-3)
    unit.add_module("relu", nn.ReLU())
    return unit


class Inception(nn.Module):
    """Four views of one map, stacked as channels (figure 2b)."""

    def __init__(self, c_in: int, sizes: tuple[int, ...], kernel: int) -> None:
        super().__init__()
        one, reduce_3, three, reduce_5, five, project = sizes
        self.branches = nn.ModuleList(
            (
                conv(c_in, one, 1),
                nn.Sequential(conv(c_in, reduce_3, 1), conv(reduce_3, three, 3)),
                nn.Sequential(conv(c_in, reduce_5, 1), conv(reduce_5, five, kernel)),
                nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), conv(c_in, project, 1)),
            )
        )

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h w"]:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Auxiliary(nn.Module):
    """A classifier halfway: pool to 4x4, 1x1 convolution, two dense layers (section 5)."""

    def __init__(self, c_in: int, c_out: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(4)
        self.conv = conv(c_in, c_out, 1)
        self.hidden = nn.Linear(16 * c_out, hidden)
        self.relu, self.dropout = nn.ReLU(), nn.Dropout(0.7)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b classes"]:
        features = self.conv(self.pool(x)).flatten(1)
        return self.head(self.dropout(self.relu(self.hidden(features))))


def stem(c_in: int, width: int, stride: int) -> nn.Sequential:
    """Table 1's first rows, to an eighth of the side; or one 3x3 convolution, to a half."""
    if stride == 2:
        return nn.Sequential(conv(c_in, 3 * width, 3, stride=2))
    return nn.Sequential(
        conv(c_in, width, 7, stride=2),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        conv(width, width, 1),
        conv(width, 3 * width, 3),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
    )


class GoogLeNet(nn.Module):
    """Stem, nine modules with two pools between, mean, linear head (table 1, figure 3).

    In training it gives a tuple: its scores, then those of the auxiliary heads.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.stride not in (2, 8):
            raise ValueError(f"the stem's stride is 8 (table 1) or 2, not {config.stride}")
        if config.width % 8:
            raise ValueError(f"the width is a multiple of 8, not {config.width}")
        self.stem = stem(config.channels, config.width, config.stride)
        self.body, self.heads = nn.Sequential(), nn.ModuleDict()
        c_in = 3 * config.width
        for name, sizes in MODULES.items():
            scaled = tuple(size * config.width // 64 for size in sizes)
            self.body.add_module(name, Inception(c_in, scaled, config.kernel))
            c_in = scaled[0] + scaled[2] + scaled[4] + scaled[5]
            if name in TAPPED and config.aux_heads:
                sizes = (2 * config.width, 16 * config.width)  # 128 and 1024
                self.heads[name] = Auxiliary(c_in, *sizes, config.classes)
            if name in POOLED:
                pool = nn.MaxPool2d(POOLED[name], stride=2, ceil_mode=True)
                self.body.add_module(f"{name}-pool", pool)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(c_in, config.classes)
        he_start(self)

    def forward(
        self, image: Float[Tensor, "b channels h w"]
    ) -> Float[Tensor, "b classes"] | tuple[Float[Tensor, "b classes"], ...]:
        x = self.stem(image)
        auxiliary = []
        for name, module in self.body.named_children():
            x = module(x)
            if self.training and name in self.heads:
                auxiliary.append(self.heads[name](x))
        scores = self.head(self.dropout(x.mean(dim=(2, 3))))
        return (scores, *auxiliary) if auxiliary else scores
