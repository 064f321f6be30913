"""gMLP: a perceptron on each patch, one half of whose hidden units is gated by other patches.

Liu, Dai, So, Le. Pay Attention to MLPs. NeurIPS 2021, arXiv:2105.08050.

Answers: attention computes anew for each picture how patches weigh for each other. Must it? Here
the weights between patches are fixed once learnt, and what they bring multiplies, where MLP-Mixer's
only adds: a product of what is here and what is elsewhere.

Departs from the paper: stochastic depth, which only its training on ImageNet wants, is left out;
the head starts as other layers do.

Shapes: b examples, n patches, c channels of a patch, m half of the hidden, h and w pixels.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.gmlp.spec import Config
from nna.blocks.patches import Patches

EPS = 1e-6  # of the layer norms outside the gates
WIDER = 6  # hidden units for each channel, at all sizes


class SpatialGate(nn.Module):
    """s(Z) = Z1 * (W norm(Z2) + b): the second half, mixed over patches, multiplies the first.

    W starts near zero and b at one, so that at first the gate is open and no patch knows of
    another; the block is then a perceptron on each.
    """

    def __init__(self, patches: int, half: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(half)
        self.mix = nn.Linear(patches, patches)
        nn.init.normal_(self.mix.weight, std=1e-6)
        nn.init.ones_(self.mix.bias)

    def forward(self, z: Float[Tensor, "b n hidden"]) -> Float[Tensor, "b n m"]:
        here, elsewhere = z.chunk(2, dim=-1)
        return here * self.mix(self.norm(elsewhere).mT).mT


class Block(nn.Module):
    """x + V s(gelu(U norm(x))): one perceptron, with the gate in its middle (equation 1)."""

    def __init__(self, patches: int, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, EPS)
        self.fc1 = dense(width, WIDER * width)
        self.gelu = nn.GELU()
        self.gate = SpatialGate(patches, WIDER * width // 2)
        self.fc2 = dense(WIDER * width // 2, width)

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        return x + self.fc2(self.gate(self.gelu(self.fc1(self.norm(x)))))


def dense(n_in: int, n_out: int) -> nn.Linear:
    """A layer that starts within Glorot's bounds, its biases at zero."""
    linear = nn.Linear(n_in, n_out)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear


class GMLP(nn.Module):
    """Patches, blocks of one shape, norm, mean over patches, a linear layer."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.stem = Patches(config.channels, config.width, config.side, config.patch)
        blocks = [Block(self.stem.count, config.width) for _ in range(config.depth)]
        self.body = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(config.width, EPS)
        self.head = dense(config.width, config.classes)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        patches = self.body(self.stem(image))
        return self.head(self.norm(patches).mean(dim=1))
