"""Ridge regression of a readout: solved once, from what the fixed units answer to all examples.

W = (H' H + alpha I)^-1 H' T, where a row of H holds what the units answer to an example, less the
mean of all, and T the targets, likewise; the bias makes up for the means, and isn't shrunk. Jaeger
(2001), section 3, with alpha = 0; Lukosevicius, Jaeger (2009), section 8.1, with alpha > 0.
"""

from dataclasses import dataclass

import torch
from torch import nn

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.losses import half_squared, signed
from nna.learning.models import adjustable
from nna.learning.settings import setting


@dataclass(frozen=True)
class RidgeReadout(WithoutGradient):
    """For models that adjust one layer, `linear`, with biases, behind fixed units, `hidden`."""

    alpha: float = setting(1e-6, 0)  # times the sum of squared weights, beside that of errors

    kind = "closed form"
    tasks = ("classification", "regression")
    watch = None

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Solve for the layer in double precision: the penalty is as many rows more."""
        linear, fed = adjustable(model, batch)
        targets = signed(batch.target, fed.new_empty(len(fed), linear.out_features))
        h, t = fed.double().cpu(), targets.double().cpu()
        middle, level = h.mean(0), t.mean(0)
        shrink = self.alpha**0.5 * torch.eye(h.shape[1], dtype=h.dtype)
        rows = torch.cat([h - middle, shrink])
        wanted = torch.cat([t - level, t.new_zeros(len(shrink), t.shape[1])])
        found = torch.linalg.lstsq(rows, wanted, driver="gelsd").solution
        linear.weight.copy_(found.T.to(fed))
        linear.bias.copy_((level - middle @ found).to(fed))
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Half the squared error."""
        return {"loss": half_squared(model(**batch.inputs), batch.target)}


OBJECTIVES = {"ridge_readout": RidgeReadout}
