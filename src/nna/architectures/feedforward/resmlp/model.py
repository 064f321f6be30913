"""ResMLP: patches mix by one linear layer, channels by a perceptron, and nothing is normalised.

Touvron, Bojanowski, Caron, Cord, El-Nouby, Grave, Izacard, Joulin, Synnaeve, Verbeek, Jégou.
ResMLP: Feedforward Networks for Image Classification with Data-Efficient Training. 2021,
arXiv:2105.03404.

Answers: vision transformers mix patches by attention and lean on norms. Does less do, and does
ImageNet's million suffice? (MLP-Mixer, of the same month, keeps norms and mixes by perceptrons.)
Here a single matrix mixes the patches, and where others normalise, each channel is only scaled and
shifted, by learnt numbers that look at nothing.

Departs from the paper: the second affine map of each residual branch has no shift, as in the
authors' code; their largest network starts it at 1e-6, ours at the 1e-5 of its depth.

Shapes: b examples, n patches, c channels of a patch, h and w pixels.
"""

from collections import OrderedDict

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.resmlp.spec import Config
from nna.blocks.patches import Patches


class Affine(nn.Module):
    """alpha * x + beta, channel by channel (Aff): stands where a norm would; starts as identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1, 1, width))
        self.beta = nn.Parameter(torch.zeros(1, 1, width))

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        return self.alpha * x + self.beta


def smallness(depth: int) -> float:
    """What the branches' scales start at: the more layers, the nearer all is to the identity."""
    if depth <= 12:
        return 0.1
    return 1e-5 if depth <= 24 else 1e-6


class Layer(nn.Module):
    """Mix patches linearly, then channels by a perceptron; both scaled, and added to what came in.

    The perceptron's hidden units are four times the channels, at all sizes.
    """

    def __init__(self, patches: int, width: int, scale: float) -> None:
        super().__init__()
        self.affine_patches = Affine(width)
        self.mix_patches = nn.Linear(patches, patches)
        self.scale_patches = nn.Parameter(torch.full((width,), scale))
        self.affine_channels = Affine(width)
        fc1, fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.mix_channels = nn.Sequential(OrderedDict(fc1=fc1, gelu=nn.GELU(), fc2=fc2))
        self.scale_channels = nn.Parameter(torch.full((width,), scale))

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        x = x + self.scale_patches * self.mix_patches(self.affine_patches(x).mT).mT
        return x + self.scale_channels * self.mix_channels(self.affine_channels(x))


class ResMLP(nn.Module):
    """Patches, layers of one shape, a last affine map, mean over patches, a linear layer."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.stem = Patches(config.channels, config.width, config.side, config.patch)
        scale = smallness(config.depth)
        layers = [Layer(self.stem.count, config.width, scale) for _ in range(config.depth)]
        self.body = nn.Sequential(*layers)
        self.affine = Affine(config.width)
        self.head = nn.Linear(config.width, config.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):  # variance 1 / inputs, at any width
                nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
                assert module.bias is not None
                nn.init.zeros_(module.bias)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        patches = self.body(self.stem(image))
        return self.head(self.affine(patches).mean(dim=1))
