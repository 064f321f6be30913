"""ConvNeXt: a convolutional network with a transformer's proportions, and no attention.

Liu, Mao, Wu, Feichtenhofer, Darrell, Xie. A ConvNet for the 2020s. CVPR 2022, arXiv:2201.03545.

Answers: Swin transformers had passed residual networks on images, and attention got the credit.
ConvNeXt changes a ResNet-50 step by step into the outline of a Swin (stages of 3, 3, 9, 3 blocks,
a stem of patches, depthwise 7x7 windows, blocks that widen to 4x, layer norm, GELU) and ends above
Swin at the same cost: the outline mattered, not the attention.

Departs from the paper: nothing. As in its code, a learnt scale per channel (Touvron 2021, layer
scale, from 1e-6) ends each branch, and stochastic depth rises linearly over the blocks.

Shapes: b examples, c channels, h and w pixels.
"""

from collections import OrderedDict

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.convnext.spec import Config
from nna.blocks.norms import ChannelNorm
from nna.blocks.stochastic_depth import StochasticDepth

EPS = 1e-6  # of every layer norm
START = 1e-6  # of every scale: a fresh block is the identity, nearly


class Block(nn.Module):
    """y = x + scale * mlp(norm(spatial(x))) (figure 4, right): 8 c^2 + (kernel^2 + 9) c numbers.

    `spatial` mixes pixels within each channel, the perceptron mixes channels within each pixel:
    the two halves of a transformer's block. The perceptron reads channels last, as matrix products
    want them.
    """

    def __init__(self, width: int, kernel: int, rate: float) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width, EPS)
        self.fc1 = nn.Linear(width, 4 * width)
        self.gelu = nn.GELU()
        self.fc2 = nn.Linear(4 * width, width)
        self.scale = nn.Parameter(torch.full((width,), START))
        self.drop = StochasticDepth(rate)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        pixels = self.norm(self.spatial(x).permute(0, 2, 3, 1))
        branch = self.scale * self.fc2(self.gelu(self.fc1(pixels)))
        return x + self.drop(branch.permute(0, 3, 1, 2))


def shrink(c_in: int, width: int) -> nn.Sequential:
    """Norm, then squares of 2x2 pixels side by side: between two stages (section 2.6)."""
    conv = nn.Conv2d(c_in, width, kernel_size=2, stride=2)
    return nn.Sequential(OrderedDict(norm=ChannelNorm(c_in, EPS), conv=conv))


class Stage(nn.Module):
    """Blocks of one width, behind what makes their input from the last stage's output."""

    def __init__(self, shrink: nn.Module, *blocks: Block) -> None:
        super().__init__()
        self.shrink = shrink
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c h2 w2"]:
        return self.blocks(self.shrink(x))


class ConvNeXt(nn.Module):
    """Stem of patches, stages, then mean over pixels, norm and a linear layer (table 9)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths, depths = config.widths, config.depths
        if len(widths) != len(depths):
            raise ValueError(f"{len(widths)} widths for {len(depths)} depths: give one a stage")
        if config.kernel % 2 == 0:
            raise ValueError(f"the kernel's side must be odd, not {config.kernel}")
        read = nn.Conv2d(config.channels, widths[0], config.patch, stride=config.patch)
        self.stem = nn.Sequential(OrderedDict(conv=read, norm=ChannelNorm(widths[0], EPS)))
        rates = [config.drop_path * i / max(sum(depths) - 1, 1) for i in range(sum(depths))]
        self.body = nn.Sequential()
        for stage, (depth, width) in enumerate(zip(depths, widths, strict=True)):
            blocks = [Block(width, config.kernel, rates.pop(0)) for _ in range(depth)]
            before = shrink(widths[stage - 1], width) if stage else nn.Identity()
            self.body.append(Stage(before, *blocks))
        self.head = nn.Sequential(
            OrderedDict(
                norm=nn.LayerNorm(widths[-1], EPS), scores=nn.Linear(widths[-1], config.classes)
            )
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                assert module.bias is not None
                nn.init.zeros_(module.bias)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.body(self.stem(image))
        return self.head(features.mean(dim=(2, 3)))
