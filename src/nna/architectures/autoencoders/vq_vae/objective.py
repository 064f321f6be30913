"""Reconstruction through a codebook, which learns to lie where the encoder's vectors do.

van den Oord and others (2017), Neural Discrete Representation Learning, equation 3: the error, the
codebook's distance from what chose it, and beta times the encoder's distance from what it chose,
sg standing for "no gradient". All are means over numbers, as in the authors' code. Instead of its
own term the codebook may follow moving averages of what chose it: appendix A.1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nna.learning.base import Batch, Gradient, Players, Quantities, Turn
from nna.learning.models import having
from nna.learning.settings import setting

RARE = 1e-5  # added to every vector's count, so that one that nothing chose stays finite


class Quantised(Protocol):
    """An encoder, a codebook and a decoder."""

    encoder: nn.Module
    decoder: nn.Module
    codebook: Tensor
    codes: Callable[[Tensor], Tensor]
    vectors: Callable[[Tensor], Tensor]


class Averages(nn.Module):
    """Moving averages of how many vectors chose each of the codebook, and of their sum."""

    counts: Tensor
    sums: Tensor

    def __init__(self, codebook: Tensor) -> None:
        super().__init__()
        self.register_buffer("counts", codebook.new_ones(len(codebook)))
        self.register_buffer("sums", codebook.detach().clone())

    @torch.no_grad()
    def follow(self, codes: Tensor, z_e: Tensor, decay: float) -> Tensor:
        """The codebook after a batch: N_i and m_i decay towards its counts and sums; e = m / N."""
        chosen = F.one_hot(codes.flatten(), len(self.counts)).to(z_e)
        flat = z_e.movedim(1, -1).flatten(0, -2)
        self.counts.mul_(decay).add_(chosen.sum(0), alpha=1 - decay)
        self.sums.mul_(decay).add_(chosen.T @ flat, alpha=1 - decay)
        return self.sums / (self.counts + RARE)[:, None]


@dataclass(frozen=True)
class VectorQuantised(Gradient):
    """For networks with an `encoder`, a `codebook` and a `decoder`."""

    commitment: float = setting(0.25, 0)  # beta
    decay: float = setting(
        0.0, 0, 1
    )  # of the moving averages, 0.99 in the paper; 0: the codebook's loss

    tasks = ("reconstruction",)

    def initial_state(self, model: nn.Module) -> nn.Module | None:
        """The moving averages, where the codebook follows them."""
        return Averages(having(model, Quantised).codebook) if self.decay else None

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """The three terms; beside them how many vectors are in use, as it were: the perplexity."""
        network = having(model, Quantised)
        z_e = network.encoder(batch.x)
        codes = network.codes(z_e)
        z_q = network.vectors(codes)
        error = F.mse_loss(network.decoder(z_e + (z_q - z_e).detach()), batch.x)
        committed = F.mse_loss(z_e, z_q.detach())
        loss = error + self.commitment * committed
        if not self.decay:
            loss = loss + F.mse_loss(z_q, z_e.detach())
        in_use = perplexity(codes, len(network.codebook)).to(loss)
        return loss, {"error": error.detach(), "perplexity": in_use}

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Descend; then the codebook follows what had chosen it."""
        if not isinstance(self.state, Averages):
            return super().step(model, players, batch, turn)
        network = having(model, Quantised)
        with torch.no_grad():
            z_e = network.encoder(batch.x)
            codes = network.codes(z_e)
        quantities = super().step(model, players, batch, turn)
        network.codebook.data.copy_(self.state.follow(codes, z_e, self.decay))
        return quantities


def perplexity(codes: Tensor, vectors: int) -> Tensor:
    """Exponential of the entropy of the codes: k if all are chosen alike, 1 if always the same.

    Args:
        codes: numbers of vectors, of any shape.
        vectors: in the codebook.
    """
    shares = torch.bincount(codes.flatten(), minlength=vectors) / codes.numel()
    return torch.special.entr(shares).sum().exp()


OBJECTIVES = {"vector_quantised": VectorQuantised}
