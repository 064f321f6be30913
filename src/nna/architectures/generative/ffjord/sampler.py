"""Draw from a continuous flow: normal noise, carried back from time 1 to time 0."""

import torch
from torch import Tensor

from nna.architectures.generative.ffjord.model import FFJORD


@torch.no_grad()
def sample(model: FFJORD, samples: int, noise: torch.Generator) -> Tensor:
    """New examples `(samples, d)`, in the units that the network learnt."""
    like = next(model.parameters())
    z = torch.randn(samples, model.features, generator=noise).to(like)
    return model.flow(z, 1.0, 0.0)
