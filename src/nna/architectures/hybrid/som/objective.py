"""Kohonen's rule, and his batch map: units near the winner on the grid follow it to the examples.

The rule: w_i += rate h(|g_i - g_c|) (x - w_i) for the winner c, with h Gaussian in grid distance;
rate and reach shrink as training goes on. Kohonen (1982), Self-organized formation of topologically
correct feature maps, with the Gaussian neighbourhood of his 1990 survey, equation 6.

The batch map: w_i = sum over x of h(|g_i - g_c(x)|) x / sum over x of h, each unit the mean of all
examples, weighed by how near they win. No rate: each step goes all the way. Kohonen (2013),
Essentials of the self-organizing map, Neural Networks 37.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.models import having
from nna.learning.settings import setting


@runtime_checkable
class Map(Protocol):
    """Prototypes at places of a grid."""

    codebook: Tensor  # (units, features)
    grid: Tensor  # (units, axes)


def neighbourhood(grid: Tensor, winner: Tensor, reach: float) -> Tensor:
    """How far each unit `(units,)` follows each winner `(b,)`: `(b, units)`, 1 at the winner."""
    return torch.exp(-torch.cdist(grid[winner], grid).square() / (2 * reach**2))


@dataclass(frozen=True)
class Kohonen(WithoutGradient):
    """For models with a `codebook` `(units, features)` and positions, `grid` `(units, axes)`."""

    # grid steps, at the end; narrower, units follow single examples out of order
    final_radius: float = setting(0.8, 0, is_open=True)

    kind = "rule"
    tasks = ("mapping",)
    watch = None  # early stopping would freeze the map while it is still coarse

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Show the batch's examples one after another, in order."""
        codebook, grid = of(model)
        reach = self.reach(grid, turn.progress)
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

    def reach(self, grid: Tensor, progress: float) -> float:
        """Of the neighbourhood in grid steps: from half the grid down to the final radius."""
        widest = max(float(grid.max()) / 2, 1.0)
        return widest * (self.final_radius / widest) ** progress

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Mean distance of an example to its nearest unit."""
        distances = torch.cdist(batch.x, of(model)[0])
        return {"quantisation error": distances.amin(1).mean()}


@dataclass(frozen=True)
class BatchMap(Kohonen):
    """For the same models as Kohonen's rule; best shown all examples at once (`batch` 0)."""

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Let every unit jump to its mean."""
        codebook, grid = of(model)
        reach = self.reach(grid, turn.progress)
        x = batch.x
        least, winner = torch.cdist(x, codebook).min(1)
        between = neighbourhood(grid, torch.arange(len(grid), device=x.device), reach)
        won = x.new_zeros(len(grid), x.shape[1]).index_add_(0, winner, x)
        count = torch.bincount(winner, minlength=len(grid)).to(x)
        pull = (between @ count)[:, None]
        # a unit so far from all winners that its weights round to nothing stays where it is
        codebook.copy_(torch.where(pull > 0, between @ won / pull, codebook))
        return {"quantisation error": least.mean(), "reach": torch.tensor(reach)}


def of(model: nn.Module) -> tuple[Tensor, Tensor]:
    """The codebook of a map, and its grid."""
    found = having(model, Map)
    return found.codebook, found.grid


OBJECTIVES = {"kohonen": Kohonen, "batch_map": BatchMap}
