"""Denoising: the clean example is the target, a spoilt one the input.

Vincent and others (2010), Stacked Denoising Autoencoders, section 3.1; kinds of noise: section 3.3.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.settings import setting

Corruption = Literal["gaussian", "masking", "salt-and-pepper"]


def corrupted(x: Tensor, corruption: Corruption, level: float, draws: Tensor) -> Tensor:
    """Spoilt examples.

    Args:
        x: clean ones, `(b, ...)`.
        corruption: gaussian adds noise, masking sets numbers to zero, salt-and-pepper sets them to
            the least or the greatest number of the batch, by a coin.
        level: the noise's standard deviation, or the share of numbers that are spoilt.
        draws: of the shape of `x`: standard normal for gaussian, else uniform from 0 to 1.
    """
    if corruption == "gaussian":
        return x + level * draws
    if corruption == "masking":
        return torch.where(draws < level, 0.0, x)
    salt = torch.where(draws < level / 2, x.min(), x.max())
    return torch.where(draws < level, salt, x)


@dataclass(frozen=True)
class Denoising(Gradient):
    """For outputs of the shape of the input; noise is drawn anew for every batch."""

    corruption: Corruption = setting("gaussian")
    level: float = setting(0.5, 0)

    tasks = ("reconstruction",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean squared distance of what is given back from the clean example."""
        drawn = torch.randn_like if self.corruption == "gaussian" else torch.rand_like
        spoilt = corrupted(batch.x, self.corruption, self.level, drawn(batch.x))
        return functional.mse_loss(model(spoilt), batch.x), {}


OBJECTIVES = {"denoising": Denoising}
