"""Least squares in one step: of all best output weights the shortest, by the pseudo-inverse.

W = H+ T, where H holds what the fixed hidden units answer, a row an example, and T the targets: of
all W with the least |H W - T| the one with the least |W|. Huang, Zhu, Siew (2006), section 3; Pao,
Takefuji (1992) for functional links.
"""

from dataclasses import dataclass

import torch
from torch import nn

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.losses import half_squared, signed
from nna.learning.models import adjustable


@dataclass(frozen=True)
class PseudoInverse(WithoutGradient):
    """For models that adjust one layer, `linear`, with thresholds (biases) or without."""

    kind = "closed form"
    tasks = ("classification", "regression")
    watch = None

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Solve for the layer, by singular values and in double precision."""
        linear, fed = adjustable(model, batch)
        targets = signed(batch.target, fed.new_empty(len(fed), linear.out_features))
        rows = fed if linear.bias is None else torch.cat([fed, fed.new_ones(len(fed), 1)], dim=1)
        found = torch.linalg.lstsq(rows.double().cpu(), targets.double().cpu(), driver="gelsd")
        weight = found.solution.T.to(fed)
        linear.weight.copy_(weight[:, : linear.in_features])
        if linear.bias is not None:
            linear.bias.copy_(weight[:, -1])
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Half the squared error."""
        return {"loss": half_squared(model(**batch.inputs), batch.target)}


OBJECTIVE = PseudoInverse
