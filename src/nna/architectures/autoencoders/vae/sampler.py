"""Draw from a variational autoencoder, and walk along one number of its code."""

import torch
from torch import Tensor

from nna.architectures.autoencoders.vae.model import VAE


@torch.no_grad()
def sample(model: VAE, samples: int, noise: torch.Generator) -> Tensor:
    """What codes of the standard normal distribution decode to, `(samples, d)`."""
    return model.decode(torch.randn(samples, model.code, generator=noise))


@torch.no_grad()
def traverse(model: VAE, table: Tensor, number: int, values: Tensor) -> Tensor:
    """Examples with one number of their code set to each value, `(values, b, d)`.

    Args:
        model: trained.
        table: examples to start from, `(b, d)`.
        number: which of the code's.
        values: that it takes, `(values,)`; about -3 to 3 is where codes lie.
    """
    mean, _ = model.encode(table)
    codes = mean.repeat(len(values), 1, 1)
    codes[..., number] = values[:, None]
    return model.decode(codes.flatten(0, 1)).unflatten(0, (len(values), len(table)))
