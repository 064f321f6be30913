"""The delta rule, or LMS: after every example, right or wrong, a step against its error.

w += rate (t - s) x, b += rate (t - s) for the sum s = w.x + b, before any threshold, and the target
t: +1 for the unit's own class and -1 for the rest, or the number to predict. Widrow, Hoff (1960),
Adaptive Switching Circuits. Each step is descent on that one example's (t - s)^2 / 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.losses import half_squared, signed
from nna.learning.models import adjustable

SHOWN = 1000  # examples, to see whether errors grow
BOUND = 1e15  # of a weight: its square is near the end of single precision


@dataclass(frozen=True)
class DeltaRule(WithoutGradient):
    """For models that adjust one layer, `linear`, with thresholds (biases) or without."""

    kind = "rule"
    tasks = ("classification", "regression")

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Show the batch's examples one after another, in order."""
        linear, fed = adjustable(model, batch)
        targets = signed(batch.target, fed.new_empty(len(fed), linear.out_features))
        squared = fed.new_zeros(())
        for x, t in zip(fed, targets, strict=True):
            error = t - linear(x)
            linear.weight += turn.learning_rate * error[:, None] * x
            if linear.bias is not None:
                linear.bias += turn.learning_rate * error
            squared += error.square().sum()
        if not squared.isfinite():
            raise UserError(
                f"the errors grow without bound: the learning rate ({turn.learning_rate:g}) must "
                f"stay well below 2 over the squared length of an example, "
                f"on average {2 / _length(fed):.2g} here"
            )
        return {"loss": 0.5 * squared / len(fed)}

    def diverges(self, model: nn.Module, batch: Batch, rates: Sequence[float]) -> bool:
        """Whether weights grow past all bounds that should become zero, as all targets are.

        A step multiplies an example's own error by 1 - rate * its squared length: the longest
        examples decide.
        """
        with torch.no_grad():
            _, fed = adjustable(model, batch)
            longest = fed.square().sum(1).topk(min(SHOWN, len(fed))).indices
            shown = torch.cat([fed, torch.ones_like(fed[:, :1])], 1)[longest.sort().values].double()
            weight = torch.ones_like(shown[0])
            for rate in rates:
                for x in shown:
                    weight -= rate * (weight @ x) * x
                if not weight.abs().max() < BOUND:
                    return True
        return False

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Half the squared error."""
        return {"loss": half_squared(model(**batch.inputs), batch.target)}


def _length(fed: Tensor) -> float:
    """Mean squared length of an example, the constant input of the bias included."""
    return 1 + float(fed.square().sum(1).mean())


OBJECTIVE = DeltaRule
