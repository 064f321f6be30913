"""Draw from an adversarial autoencoder."""

import torch
from torch import Tensor

from nna.architectures.autoencoders.aae.model import AAE


@torch.no_grad()
def sample(model: AAE, samples: int, noise: torch.Generator) -> Tensor:
    """What draws of the prior, standard normal, decode to, `(samples, d)`."""
    return model.decoder(torch.randn(samples, model.code, generator=noise))
