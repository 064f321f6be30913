"""Find the way from points to noise: Lipman and others (2023)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities


@dataclass(frozen=True)
class Denoising(Gradient):
    """For networks with `way`."""

    tasks = ("generation",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """The mean squared error of the way."""
        clean = batch.x
        noise, share = torch.randn_like(clean), torch.rand_like(clean[:, :1])
        mixed = (1 - share) * clean + share * noise
        return (model.way(mixed, share) - (noise - clean)).square().mean(), {}  # type: ignore[operator]


OBJECTIVES = {"diffuser": Denoising}
