"""Reconstruction, and a penalty on how far the code moves when the example does.

Rifai and others (2011), Contractive Auto-Encoders, equation 6: the error of an example, summed over
its numbers, and lambda times the squared Frobenius norm of the encoder's Jacobian there.
"""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.models import having
from nna.learning.settings import setting


class Contracting(Protocol):
    """An autoencoder of one layer that knows the norm of its Jacobian."""

    output: str  # logistic: the cross-entropy is the error; linear: the squared error
    encoder: nn.Module

    def decoded(self, code: Tensor) -> Tensor:
        """The reconstruction before its nonlinearity, `(b, d)`."""
        ...

    def contraction(self, code: Tensor) -> Tensor:
        """The squared norm of the encoder's Jacobian, `(b,)`."""
        ...


@dataclass(frozen=True)
class Contractive(Gradient):
    """For numbers between 0 and 1 where the output is logistic."""

    weight: float = setting(0.1, 0)  # lambda; 0: a plain autoencoder

    tasks = ("reconstruction",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Error and penalty, a mean over examples each."""
        network, x = having(model, Contracting), batch.x
        code = network.encoder(x)
        out = network.decoded(code)
        if network.output == "logistic":
            errors = functional.binary_cross_entropy_with_logits(out, x, reduction="none")
        else:
            errors = (out - x).square()
        error, penalty = errors.sum(1).mean(), network.contraction(code).mean()
        loss = error + self.weight * penalty
        return loss, {"error": error.detach(), "contraction": penalty.detach()}


OBJECTIVES = {"contractive": Contractive}
