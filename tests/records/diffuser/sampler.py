"""From noise to points, in as many steps as the network says."""

import torch
from torch import Tensor, nn


@torch.no_grad()
def sample(model: nn.Module, count: int, noise: torch.Generator) -> Tensor:
    """Points `(count, features)`."""
    steps, features = int(model.steps), int(model.features)  # type: ignore[arg-type]
    x = torch.randn(count, features, generator=noise)
    for step in range(steps, 0, -1):
        x = x - model.way(x, torch.full((count, 1), step / steps)) / steps  # type: ignore[operator]
    return x
