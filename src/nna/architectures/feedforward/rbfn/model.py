"""Radial basis function network (RBFN): answer by nearness to a few remembered places.

Broomhead, Lowe. Multivariable Functional Interpolation and Adaptive Networks. Complex Systems 2,
1988; Moody, Darken. Fast Learning in Networks of Locally-Tuned Processing Units. Neural
Computation 1, 1989, doi:10.1162/neco.1989.1.2.281.

Answers: in a multilayer perceptron every weight bears on every answer, so learning is slow and may
end in a poor minimum. A radial unit answers only near its centre; once centres and widths are
fixed, the outputs are linear in what is left, and the best weights solve a linear system.

Departs from the papers: always Gaussians (1988 allows any radial function; its own trials compare
several), not divided by their sum (1989 has both). Before learning, centres are drawn from a
standard normal distribution and widths are sqrt(features), fit for standardised inputs.

Shapes: b examples, features numbers each, units bumps, classes scores.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.rbfn.spec import Config
from nna.blocks.prototypes import squared_distance


class RBFN(nn.Module):
    """score(x) = sum over units of weight * exp(-|x - centre|^2 / (2 width^2)), plus a bias."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(config.units, config.features))
        # only squares of widths count, so a step of gradient descent past zero does no harm
        self.widths = nn.Parameter(torch.full((config.units,), config.features**0.5))
        self.head = nn.Linear(config.units, config.classes)

    def hidden(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b units"]:
        """Each unit's answer: 1 at its centre, 0.61 a width away, below 1e-7 at six widths."""
        return torch.exp(-squared_distance(table, self.centres) / (2 * self.widths.square()))

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.head(self.hidden(table))
