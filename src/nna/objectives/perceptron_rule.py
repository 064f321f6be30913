"""The perceptron's rule: after a mistake, add the example; after a success, do nothing.

If t (w.x + b) <= 0 then w += rate t x, b += rate t, with t = +1 for the unit's own class and -1
for the rest. Rosenblatt (1958); Novikoff (1962) bounds the mistakes by (R / margin)^2.
"""

from dataclasses import dataclass

import torch
from torch import nn

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.losses import error_rate
from nna.learning.models import adjustable


@dataclass(frozen=True)
class PerceptronRule(WithoutGradient):
    """For models that adjust one layer, `linear`, with thresholds (biases) or without."""

    kind = "rule"
    tasks = ("classification",)
    watch = "error"

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Show the batch's examples one after another, in order."""
        linear, fed = adjustable(model, batch)
        signs = 2.0 * nn.functional.one_hot(batch.target, linear.out_features) - 1
        mistakes = torch.zeros(())
        for x, sign in zip(fed, signs.to(fed.dtype), strict=True):
            wrong = sign * linear(x) <= 0
            change = turn.learning_rate * sign * wrong
            linear.weight += change[:, None] * x
            if linear.bias is not None:
                linear.bias += change
            mistakes += wrong.sum()
        return {"mistakes": mistakes / len(signs)}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of examples whose highest sum is not their own class's."""
        return {"error": error_rate(model(**batch.inputs), batch.target)}


OBJECTIVE = PerceptronRule
