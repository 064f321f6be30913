"""Kohonen's batch map: each unit becomes the mean of all examples, weighed by how near they win.

w_i = sum over x of h(|g_i - g_c(x)|) x / sum over x of h, with c(x) the winner for x and h Gaussian
in grid distance; its reach shrinks as training goes on. No rate: each step goes all the way.
Kohonen (2013), Essentials of the self-organizing map, Neural Networks 37.
"""

import torch
from torch import nn

from nna.objectives.base import Batch, Quantities, Turn
from nna.objectives.kohonen import NARROWEST, Kohonen, neighbourhood


class BatchMap(Kohonen):
    """For the same models as Kohonen's rule; best shown all examples at once (`batch` 0)."""

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Let every unit jump to its mean."""
        codebook, grid = model.get_parameter("codebook"), model.get_buffer("grid")
        widest = max(float(grid.max()) / 2, 1.0)
        reach = widest * (NARROWEST / widest) ** turn.progress
        x = batch.x
        least, winner = torch.cdist(x, codebook).min(1)
        between = neighbourhood(grid, torch.arange(len(grid), device=x.device), reach)
        won = x.new_zeros(len(grid), x.shape[1]).index_add_(0, winner, x)
        count = torch.bincount(winner, minlength=len(grid)).to(x)
        pull = (between @ count)[:, None]
        # a unit so far from all winners that its weights round to nothing stays where it is
        codebook.copy_(torch.where(pull > 0, between @ won / pull, codebook))
        return {"quantisation error": least.mean(), "reach": torch.tensor(reach)}


OBJECTIVE = BatchMap()
