"""Reconstruction with a penalty on units that are on too often, or never.

Ng (2011), Sparse autoencoder, section 3: half the squared error, summed over the numbers of an
example, and beta times the divergence of each unit's mean activation from the one wished for. The
mean is over the batch: a unit may be fully on for one example if it is silent for the others.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.settings import setting

SILENT = 1e-7  # least mean activation counted, and most: single precision knows none beside 0 or 1


def divergence(wished: float, activity: Tensor) -> Tensor:
    """KL(rho || rho_hat) of coins that are heads with either probability, one a unit.

    Args:
        wished: rho, the mean activation a unit should have.
        activity: rho_hat, the one that it has, `(k,)`.
    """
    rho, rho_hat = activity.new_tensor(wished), activity.clamp(SILENT, 1 - SILENT)
    return rho * (rho / rho_hat).log() + (1 - rho) * ((1 - rho) / (1 - rho_hat)).log()


@dataclass(frozen=True)
class SparseReconstruction(Gradient):
    """For networks that give an `output` of the input's shape and a `code` between 0 and 1."""

    mean_activation: float = setting(0.05, 0, 1, is_open=True)  # rho
    sparsity_weight: float = setting(3.0, 0)  # beta; 0: a plain autoencoder

    tasks = ("reconstruction",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Error and penalty; the mean activation over units and examples beside it."""
        given = model(**batch.inputs)
        error = 0.5 * (given["output"] - batch.x).square().sum(1).mean()
        activity = given["code"].mean(0)  # rho_hat, over the batch
        penalty = divergence(self.mean_activation, activity).sum()
        loss = error + self.sparsity_weight * penalty
        return loss, {"error": error.detach(), "activation": activity.mean().detach()}


OBJECTIVES = {"sparse_reconstruction": SparseReconstruction}
