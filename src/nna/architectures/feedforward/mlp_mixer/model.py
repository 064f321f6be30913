"""MLP-Mixer: perceptrons alone, over the channels of each patch and over the patches.

Tolstikhin, Houlsby, Kolesnikov, Beyer, Zhai, Unterthiner, Yung, Steiner, Keysers, Uszkoreit, Lucic,
Dosovitskiy. MLP-Mixer: An all-MLP Architecture for Vision. NeurIPS 2021, arXiv:2105.01601.

Answers: convolutional networks and vision transformers both do well on pictures; are convolution or
attention needed? A perceptron over all pixels at once is too large and learns each place anew. The
Mixer cuts the picture into patches and ties weights twice: one perceptron reads each patch's
channels, the same for all patches; another reads each channel's patches, the same for all channels.

Departs from the paper: the head starts as the other layers do, not at zero; dropout and stochastic
depth, which its training on ImageNet and ImageNet-21k wants, are left out.

Shapes: b examples, n patches, c channels of a patch, h and w pixels.
"""

from collections import OrderedDict

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.mlp_mixer.spec import Config
from nna.blocks.patches import Patches

EPS = 1e-6  # of every layer norm


def perceptron(size: int, hidden: int) -> nn.Sequential:
    """W2 gelu(W1 x), over the last dimension (equation 1)."""
    fc1, fc2 = nn.Linear(size, hidden), nn.Linear(hidden, size)
    return nn.Sequential(OrderedDict(fc1=fc1, gelu=nn.GELU(), fc2=fc2))


class Layer(nn.Module):
    """Mix patches, then channels, each added to what came in (figure 1, equation 1).

    The hidden units are half the channels over patches and four times the channels over channels,
    at all sizes of table 1.
    """

    def __init__(self, patches: int, width: int) -> None:
        super().__init__()
        self.norm_patches = nn.LayerNorm(width, EPS)
        self.mix_patches = perceptron(patches, width // 2)
        self.norm_channels = nn.LayerNorm(width, EPS)
        self.mix_channels = perceptron(width, 4 * width)

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        x = x + self.mix_patches(self.norm_patches(x).mT).mT
        return x + self.mix_channels(self.norm_channels(x))


class MLPMixer(nn.Module):
    """Patches, layers of one shape, norm, mean over patches, a linear layer (figure 1)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.stem = Patches(config.channels, config.width, config.side, config.patch)
        layers = [Layer(self.stem.count, config.width) for _ in range(config.depth)]
        self.body = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(config.width, EPS)
        self.head = nn.Linear(config.width, config.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):  # variance 1 / inputs (LeCun)
                nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
                assert module.bias is not None
                nn.init.zeros_(module.bias)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        patches = self.body(self.stem(image))
        return self.head(self.norm(patches).mean(dim=1))
