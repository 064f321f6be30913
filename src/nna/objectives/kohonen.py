"""Kohonen's rule: the unit nearest to an example moves towards it and takes its neighbours along.

w_i += rate h(|g_i - g_c|) (x - w_i) for the winner c, with h Gaussian in grid distance; rate and
reach shrink as training goes on. Kohonen (1982), Self-organized formation of topologically
correct feature maps, with the Gaussian neighbourhood of his 1990 survey, equation 6.
"""

import torch
from torch import Tensor, nn

from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient

NARROWEST = 0.8  # grid steps, at the end; narrower, units follow single examples out of order


def neighbourhood(grid: Tensor, winner: Tensor, reach: float) -> Tensor:
    """How far each unit `(units,)` follows each winner `(b,)`: `(b, units)`, 1 at the winner."""
    return torch.exp(-torch.cdist(grid[winner], grid).square() / (2 * reach**2))


class Kohonen(WithoutGradient):
    """For models with a `codebook` `(units, features)` and positions, `grid` `(units, axes)`."""

    kind = "rule"
    tasks = ("mapping",)
    watch = None  # early stopping would freeze the map while it is still coarse

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Show the batch's examples one after another, in order."""
        codebook, grid = model.get_parameter("codebook"), model.get_buffer("grid")
        widest = max(float(grid.max()) / 2, 1.0)
        reach = widest * (NARROWEST / widest) ** turn.progress
        distance = torch.zeros(())
        for x in batch.x:
            offset = x - codebook
            distances = torch.linalg.vector_norm(offset, dim=1)
            winner = distances.argmin()
            codebook += (
                turn.learning_rate * neighbourhood(grid, winner[None], reach)[0, :, None] * offset
            )
            distance += distances[winner]
        return {"quantisation error": distance / len(batch.x), "reach": torch.tensor(reach)}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Mean distance of an example to its nearest unit."""
        distances = torch.cdist(batch.x, model.get_parameter("codebook"))
        return {"quantisation error": distances.amin(1).mean()}


OBJECTIVE = Kohonen()
