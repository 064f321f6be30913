"""From noise to pictures: the learnt steps back, all of them or some.

Song, Meng, Ermon. Denoising Diffusion Implicit Models. ICLR 2021, arXiv:2010.02502, equation 12.
With every timestep and eta 1 it is algorithm 2 of Ho et al. (2020), with the posterior's sigma.
"""

from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor, nn

from nna.architectures.generative.ddpm.model import alpha_bars
from nna.errors import UserError
from nna.learning.models import having

AT_ONCE = 256  # pictures that are drawn together


class Denoising(Protocol):
    """A network that tells the noise in pictures."""

    timesteps: int
    shape: tuple[int, int, int]  # of a picture


@torch.no_grad()
def sample(
    model: nn.Module,
    count: int,
    noise: torch.Generator,
    steps: int | None = None,
    eta: float = 1.0,
) -> Tensor:
    """Pictures `(count, channels, side, side)`, in the units that the network learnt.

    Args:
        model: tells the noise.
        count: how many.
        noise: decides them; on the processor.
        steps: timesteps that are visited, evenly spaced; None: all.
        eta: share of the posterior's deviation drawn anew at every step: 1 is ancestral sampling,
            0 draws nothing after the first noise (DDIM).

    Raises:
        UserError: fewer steps than one, or more than there are timesteps.
    """
    denoising, like = having(model, Denoising), next(model.parameters())
    visited = spaced(denoising.timesteps, steps)
    drawn = []
    for first in range(0, count, AT_ONCE):
        shape = (min(AT_ONCE, count - first), *denoising.shape)
        x = torch.randn(shape, generator=noise).to(like)
        for timestep, levels in visited:
            eps = model(x, torch.full((len(x), 1), timestep, device=x.device))
            fresh = torch.randn(shape, generator=noise).to(like) if eta else torch.zeros_like(x)
            x = step_back(x, eps, fresh, levels, eta)
        drawn.append(x)
    return torch.cat(drawn)


def spaced(timesteps: int, steps: int | None) -> list[tuple[int, tuple[float, float]]]:
    """The timesteps to visit, last first, with alpha bar there and at the one visited next."""
    steps = timesteps if steps is None else steps
    if not 1 <= steps <= timesteps:
        raise UserError(f"steps must be 1 to {timesteps}, the network's timesteps, not {steps}")
    visited = [timesteps * (i + 1) // steps - 1 for i in reversed(range(steps))]
    schedule = alpha_bars(timesteps)
    left = [*schedule[visited].tolist(), 1.0]
    return [*zip(visited, pairwise(left), strict=True)]


def step_back(
    x: Tensor, eps: Tensor, fresh: Tensor, levels: tuple[float, float], eta: float
) -> Tensor:
    """Pictures with less noise.

    Args:
        x: pictures `(b, channels, h, w)`.
        eps: the noise in them, as the network predicts it.
        fresh: standard normal numbers.
        levels: share of the picture's variance left in `x`, and that to be left then.
        eta: share of the posterior's deviation that is drawn anew.
    """
    now, then = levels
    clean = (x - (1 - now) ** 0.5 * eps) / now**0.5
    variance = eta**2 * (1 - then) / (1 - now) * (1 - now / then)
    return then**0.5 * clean + (1 - then - variance) ** 0.5 * eps + variance**0.5 * fresh
