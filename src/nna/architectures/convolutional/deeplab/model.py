"""DeepLab v3: see far without shrinking, by spreading the kernel's taps apart.

Chen, Papandreou, Schroff, Adam. Rethinking Atrous Convolution for Semantic Image Segmentation.
2017, arXiv:1706.05587.

Answers: a classifier's strides leave a thirty-second of the resolution; masks made from that are
coarse. Here a residual network stops striding at a chosen resolution and dilates its kernels
instead, so that the deeper layers see as much as before; and parallel convolutions of several
dilations with the mean of the picture (atrous spatial pyramid pooling) see things of all sizes.

Departs from the paper: as in torchvision, no multi-grid inside the last stage (section 3.2.1), the
first block of a dilated stage still has the dilation of the stage before, and in training the
scores are brought to full resolution as they are in testing (the paper compares there too).

Shapes: b pictures, c channels, h and w pixels.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.convolutional.deeplab.spec import Config
from nna.blocks.convolution import conv_norm, he_start


class Bottleneck(nn.Module):
    """y = relu(skip(x) + branch(x)), the 3x3 convolution in the middle strided or dilated."""

    def __init__(self, c_in: int, width: int, stride: int, dilation: int) -> None:
        super().__init__()
        same = c_in == 4 * width and stride == 1
        self.skip = nn.Identity() if same else conv_norm(c_in, 4 * width, 1, stride)
        self.branch = nn.Sequential(
            conv_norm(c_in, width, 1),
            nn.ReLU(),
            conv_norm(width, width, 3, stride, dilation=dilation),
            nn.ReLU(),
            conv_norm(width, 4 * width, 1),
        )

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return functional.relu(self.skip(x) + self.branch(x))


def backbone(config: Config) -> nn.Sequential:
    """Residual stages; once the picture has shrunk by `stride`, they dilate instead (figure 3)."""
    stages, c_in, shrunk, dilation = nn.Sequential(), config.width, 4, 1
    for stage, depth in enumerate(config.depths):
        width, stride, first = config.width * 2**stage, 1, dilation
        if stage > 0 and shrunk < config.stride:
            stride, shrunk = 2, 2 * shrunk
        elif stage > 0:
            dilation *= 2
        blocks = nn.Sequential(Bottleneck(c_in, width, stride, first))
        for _ in range(depth - 1):
            blocks.append(Bottleneck(4 * width, width, 1, dilation))
        stages.append(blocks)
        c_in = 4 * width
    return stages


class Pyramid(nn.Module):
    """Atrous spatial pyramid pooling (section 3.3): parallel views of one map, joined by a 1x1."""

    def __init__(self, c_in: int, c_out: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.views = nn.ModuleList([conv_norm(c_in, c_out, 1)])
        self.views.extend(conv_norm(c_in, c_out, 3, dilation=rate) for rate in dilations)
        self.whole = conv_norm(c_in, c_out, 1)  # of the mean: what the whole picture shows
        self.join = conv_norm((len(dilations) + 2) * c_out, c_out, 1)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h w"]:
        seen = [functional.relu(view(x)) for view in self.views]
        whole = functional.relu(self.whole(x.mean(dim=(2, 3), keepdim=True)))
        seen.append(whole.expand_as(seen[0]))
        return self.dropout(functional.relu(self.join(torch.cat(seen, dim=1))))


class DeepLab(nn.Module):
    """Dilated residual network, pyramid, a 3x3 and a 1x1 convolution, bilinear to full size."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.stride not in (4, 8, 16, 32):
            raise ValueError(f"the output's stride is 4, 8, 16 or 32, not {config.stride}")
        conv = conv_norm(config.channels, config.width, 7, stride=2)
        self.stem = nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1))
        self.body = backbone(config)
        deepest = 4 * config.width * 2 ** (len(config.depths) - 1)
        self.pyramid = Pyramid(deepest, config.hidden, config.dilations)
        self.head = nn.Sequential(
            conv_norm(config.hidden, config.hidden, 3),
            nn.ReLU(),
            nn.Conv2d(config.hidden, config.classes, 1),
        )
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes h w"]:
        scores = self.head(self.pyramid(self.body(self.stem(image))))
        return functional.interpolate(scores, image.shape[2:], mode="bilinear")
