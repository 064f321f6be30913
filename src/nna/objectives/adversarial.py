"""The adversarial game: a generator forges, a discriminator tells forged from real.

min_G max_D  E_x log D(x) + E_z log(1 - D(G(z))). The generator descends -log D(G(z)) instead,
which has the same fixed point and a gradient where D is sure. Goodfellow et al. (2014),
equation 1, algorithm 1, and section 3.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Objective, Players, Quantities, Turn
from nna.learning.models import having
from nna.learning.settings import setting


class Forging(Protocol):
    """A generator that makes examples of noise, and a discriminator that tells them apart."""

    noise: int  # numbers of noise for an example
    generator: nn.Module
    discriminator: nn.Module  # gives a logit


@dataclass(frozen=True)
class Adversarial(Objective):
    """For models with a `generator`, a `discriminator` giving a logit, and `noise`, a width."""

    discriminator_steps: int = setting(1, 1)  # k, for each step of the generator

    kind = "game"
    tasks = ("generation",)
    watch = None  # neither loss says how good the samples are

    def players(self, model: nn.Module) -> dict[str, nn.Module]:
        """Two players; each optimiser sees one."""
        forging = having(model, Forging)
        return {"generator": forging.generator, "discriminator": forging.discriminator}

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Steps of the discriminator, each against fresh forgeries, then one of the generator."""
        generator, discriminator = players["generator"], players["discriminator"]
        real, forged, d_loss = batch.x, batch.x, batch.x
        for _ in range(self.discriminator_steps):
            forged = generator(_noise(model, real))
            d_loss = _surprise(discriminator(real), 1.0)
            d_loss = d_loss + _surprise(discriminator(forged.detach()), 0.0)
            turn.descend("discriminator", d_loss)
        g_loss = _surprise(discriminator(forged), 1.0)
        turn.descend("generator", g_loss)
        return {"generator": g_loss.detach(), "discriminator": d_loss.detach()}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The discriminator's loss on real and as many forged examples; log 4 at the optimum."""
        generator, discriminator = self.players(model).values()
        real = batch.x
        forged = generator(_noise(model, real))
        loss = _surprise(discriminator(real), 1.0) + _surprise(discriminator(forged), 0.0)
        return {"discriminator": loss}


def _noise(model: nn.Module, real: Tensor) -> Tensor:
    width = having(model, Forging).noise
    return torch.randn(len(real), width, device=real.device, dtype=real.dtype)


def _surprise(logits: Tensor, real: float) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, real))


OBJECTIVE = Adversarial
