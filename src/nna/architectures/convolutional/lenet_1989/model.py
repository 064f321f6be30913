"""LeNet of 1989: detectors shared over the picture, learnt by back-propagation from the answers.

LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel. Backpropagation Applied to Handwritten
Zip Code Recognition. Neural Computation 1(4), 1989, doi:10.1162/neco.1989.1.4.541.

Answers: a neocognitron slides shared detectors over the picture, but trains them layer by layer
without its answers' error; a fully connected network trains on the error, but shares nothing.
Here back-propagation reaches the shared weights: each gradient is the sum over their places.

Departs from the paper: which eight maps of H1 a map of H2 reads is "a scheme that will not be
described here"; ours is a wheel, maps j to j + 7 counted around, so that each map of H1 is read
eight times and no two maps of H2 read alike. The constants of its scaled hyperbolic tangent are
not printed; these are of LeCun and others 1998, appendix A. Biases start at zero. The objective's
targets are 1 and 0 where the paper's are +1 and -1.

Shapes: b examples, c channels, h and w pixels, k classes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.convolutional.lenet_1989.spec import Config

SIDE = 16  # pixels
MAPS = 12  # in H1 and in H2
READ = 8  # maps of H1 that a map of H2 reads
HIDDEN = 30  # units of H3
BACKGROUND = -1.0  # of the plane that surrounds the picture, and each map


class ScaledTanh(nn.Module):
    """A tanh(S a), odd, with A = 1.7159 and S = 2/3, so that +-1 maps to +-1."""

    def forward(self, a: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        return 1.7159 * torch.tanh(2 / 3 * a)


class FeatureMaps(nn.Module):
    """Twelve maps that look through 5x5 windows at every second place (section 3.2).

    All units of a map share their weights, but not their biases.

    Args:
        table: for each map, the maps below that it reads.
        side: units a side.
    """

    read: Tensor

    def __init__(self, table: tuple[tuple[int, ...], ...], side: int) -> None:
        super().__init__()
        self.register_buffer("read", torch.tensor(table).flatten(), persistent=False)
        self.weight = nn.Parameter(torch.empty(len(table), len(table[0]), 5, 5))
        self.bias = nn.Parameter(torch.zeros(len(table), side, side))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b 12 h2 w2"]:
        # windows begin two pixels before the edge; the last one ends one beyond the other
        surrounded = functional.pad(x, (2, 1, 2, 1), value=BACKGROUND)
        seen = surrounded[:, self.read]
        return functional.conv2d(seen, self.weight, stride=2, groups=len(self.weight)) + self.bias


class ZipCodeNet(nn.Module):
    """H1, H2, H3 and the output, as in figure 3."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        everything = tuple(range(config.channels))
        wheel = tuple(tuple((j + i) % MAPS for i in range(READ)) for j in range(MAPS))
        self.body = nn.Sequential()
        self.body.add_module("h1", FeatureMaps((everything,) * MAPS, SIDE // 2))
        self.body.add_module("activation1", ScaledTanh())
        self.body.add_module("h2", FeatureMaps(wheel, SIDE // 4))
        self.body.add_module("activation2", ScaledTanh())
        self.h3 = nn.Sequential(nn.Linear(MAPS * (SIDE // 4) ** 2, HIDDEN), ScaledTanh())
        self.head = nn.Sequential(nn.Linear(HIDDEN, config.classes), ScaledTanh())
        self._start_as_printed()

    def _start_as_printed(self) -> None:
        """Uniform in +-2.4 / fan-in (section 4), so that it starts in its linear part."""
        for module in self.modules():
            if isinstance(module, FeatureMaps | nn.Linear):
                bound = 2.4 / module.weight[0].numel()
                nn.init.uniform_(module.weight, -bound, bound)
                nn.init.zeros_(module.bias)

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        if image.shape[2:] != (SIDE, SIDE):
            raise ValueError(f"it takes 16 x 16 pixels, not {tuple(image.shape[2:])}")
        return self.head(self.h3(self.body(image).flatten(1)))
