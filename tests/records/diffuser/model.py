"""A denoiser of points: how far along it is stands in a further number."""

import torch
from torch import Tensor, nn

from .spec import Config


class Diffuser(nn.Module):
    """The way from points to noise."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.steps = config.steps
        self.features = config.features
        self.enter = nn.Linear(config.features + 1, config.width)
        self.body = nn.Linear(config.width, config.width)
        self.leave = nn.Linear(config.width, config.features, bias=False)

    def way(self, table: Tensor, share: Tensor) -> Tensor:
        """From a point to noise, where `share` `(b, 1)` of it is noise."""
        hidden = self.enter(torch.cat([table, share], dim=1)).relu()
        return self.leave(self.body(hidden).relu())

    def forward(self, table: Tensor) -> Tensor:
        """The way of points that are half noise."""
        return self.way(table, torch.full_like(table[:, :1], 0.5))
