"""The evidence lower bound (ELBO), maximised: log-likelihood of the example less a divergence.

Kingma, Welling (2014), Auto-Encoding Variational Bayes, equation 10, with one draw an example. The
factor beta before the divergence: Higgins and others (2017), beta-VAE, equation 4.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.models import having
from nna.learning.settings import setting


class Variational(Protocol):
    """An encoder that gives mean and log-variance, and a decoder."""

    output: str  # logistic: examples are coins; linear: they are Gaussian
    decoder: nn.Module

    def encode(self, table: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the code, `(b, k)` each."""
        ...


def divergence(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL of N(mean, variance) from the standard normal, `(b,)`: appendix B of the paper."""
    return -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(1)


def log_likelihood(x: Tensor, decoded: Tensor, output: str, deviation: float) -> Tensor:
    """Log-probability or density of examples, summed over their numbers, `(b,)`.

    Args:
        x: examples, `(b, d)`; from 0 to 1 where the output is logistic.
        decoded: what the decoder gives before a logistic, `(b, d)`.
        output: of the model.
        deviation: of Gaussian examples around what is decoded.
    """
    if output == "logistic":
        return -functional.binary_cross_entropy_with_logits(decoded, x, reduction="none").sum(1)
    constant = math.log(deviation) + 0.5 * math.log(2 * math.pi)
    return -(0.5 * ((x - decoded) / deviation).square() + constant).sum(1)


@dataclass(frozen=True)
class ELBO(Gradient):
    """Minus the bound, a mean over examples; its two parts are sums over numbers, not means."""

    beta: float = setting(1.0, 0)  # 1: the bound; more: codes nearer to the prior
    deviation: float = setting(1.0, 0, is_open=True)  # of Gaussian examples

    tasks = ("generation", "reconstruction")

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """With fresh noise; log-likelihood and divergence beside it."""
        vae = having(model, Variational)
        mean, log_var = vae.encode(batch.x)
        code = mean + (0.5 * log_var).exp() * torch.randn_like(mean)
        fits = log_likelihood(batch.x, vae.decoder(code), vae.output, self.deviation).mean()
        apart = divergence(mean, log_var).mean()
        return self.beta * apart - fits, {
            "log-likelihood": fits.detach(),
            "divergence": apart.detach(),
        }


OBJECTIVES = {"elbo": ELBO}
