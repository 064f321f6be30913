"""A game on codes beside a reconstruction: two phases of every batch.

Makhzani and others (2015), Adversarial Autoencoders, section 2: in the reconstruction phase encoder
and decoder lessen the error; in the regularisation phase the discriminator learns to tell draws of
the prior (real) from codes (forged), and then the encoder to be taken for the prior.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nna.learning.base import Batch, Objective, Players, Quantities, Turn
from nna.learning.models import having
from nna.learning.settings import setting


@runtime_checkable
class Coding(Protocol):
    """An autoencoder, and a discriminator of its codes that gives a logit."""

    @property
    def autoencoder(self) -> nn.Module:
        """Encoder and decoder, the one player that both phases move."""
        ...

    @property
    def encoder(self) -> nn.Module:
        """From examples to codes."""
        ...

    @property
    def decoder(self) -> nn.Module:
        """From codes to examples."""
        ...

    @property
    def discriminator(self) -> nn.Module:
        """From codes to a logit."""
        ...


def reconstruction(model: Coding, x: Tensor) -> Tensor:
    """Mean squared error."""
    return F.mse_loss(model.decoder(model.encoder(x)), x)


def judgement(model: Coding, prior: Tensor, codes: Tensor) -> Tensor:
    """-log D(z') - log(1 - D(z)): what the discriminator lessens; log 4 where it can't tell."""
    real, forged = model.discriminator(prior), model.discriminator(codes.detach())
    return (F.softplus(-real) + F.softplus(forged)).mean()


def forgery(model: Coding, x: Tensor) -> Tensor:
    """-log D(z): what the encoder lessens, so that its codes pass for draws of the prior."""
    return F.softplus(-model.discriminator(model.encoder(x))).mean()


@dataclass(frozen=True)
class AdversarialAutoencoding(Objective):
    """For networks with an `autoencoder` of `encoder` and `decoder`, and a `discriminator`."""

    weight: float = setting(0.1, 0)  # of the encoder's loss in the game; 0: a plain autoencoder

    kind = "game"
    tasks = ("generation", "reconstruction")
    watch = None  # no loss says how good samples are

    def players(self, model: nn.Module) -> dict[str, nn.Module]:
        """Two, each with an optimiser; the autoencoder's serves both of its phases."""
        coding = having(model, Coding)
        return {"autoencoder": coding.autoencoder, "discriminator": coding.discriminator}

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Reconstruct; judge; forge."""
        coding, x = having(model, Coding), batch.x
        error = reconstruction(coding, x)
        turn.descend("autoencoder", error)
        codes = coding.encoder(x)
        judged = judgement(coding, torch.randn_like(codes), codes)
        turn.descend("discriminator", judged)
        forged = forgery(coding, x)
        if self.weight:  # else momentum alone would move the encoder
            turn.descend("autoencoder", self.weight * forged)
        return {
            "error": error.detach(),
            "discriminator": judged.detach(),
            "encoder": forged.detach(),
        }

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The error, and how well the discriminator tells."""
        coding = having(model, Coding)
        codes = coding.encoder(batch.x)
        judged = judgement(coding, torch.randn_like(codes), codes)
        return {"error": reconstruction(coding, batch.x), "discriminator": judged}


OBJECTIVES = {"adversarial_autoencoding": AdversarialAutoencoding}
