"""Self-organising map: prototypes on a grid, where neighbours learn together and become alike.

Kohonen. Self-organized formation of topologically correct feature maps. Biological Cybernetics 43,
1982, doi:10.1007/BF00337288.

Answers: competition alone (k-means, vector quantisation) finds good prototypes but leaves them
in no order. Here the winner's neighbours on a grid move with it, so nearby units come to
stand for similar examples and the grid becomes a map of the data.

Departs from the paper: the winner is the unit at the least Euclidean distance, and weights aren't
normalised again after each step, as in Kohonen's later accounts (1990); the 1982 paper compares
by inner products of normalised vectors. Scores are negated squared distances, so that the
highest score wins; the root would change no winner, only take the gradient at a unit.

Shapes: b examples, d features, m = rows x columns units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.hybrid.som.spec import Config
from nna.blocks.prototypes import squared_distance


def lattice(rows: int, columns: int) -> Float[Tensor, "m 2"]:
    """Row and column of every unit, row by row; orthogonal neighbours lie one apart."""
    return torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).float()


class SelfOrganisingMap(nn.Module):
    """A codebook vector a unit; the grid serves only the learning rule and the picture."""

    grid: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.rows < 1 or config.columns < 1 or config.units < 2:
            raise ValueError(f"{config.rows} x {config.columns} units have no neighbours")
        self.codebook = nn.Parameter(torch.empty(config.units, config.features))
        self.register_buffer("grid", lattice(config.rows, config.columns), persistent=False)
        nn.init.normal_(self.codebook, std=0.1)  # random and small: order must come from the data

    def forward(self, table: Float[Tensor, "b d"]) -> Float[Tensor, "b m"]:
        return -squared_distance(table, self.codebook)
