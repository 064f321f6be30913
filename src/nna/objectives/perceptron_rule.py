"""The perceptron's rule: after a mistake, add the example; after a success, do nothing.

If t (w.x + b) <= 0 then w += rate t x, b += rate t, with t = +1 for the unit's own class and -1
for the rest. Rosenblatt (1958); Novikoff (1962) bounds the mistakes by (R / margin)^2.
"""

import torch
from torch import nn

from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient, error_rate


class PerceptronRule(WithoutGradient):
    """For models whose only parameters are one layer, `linear`."""

    kind = "rule"
    tasks = ("classification",)
    watch = "error"

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Show the batch's examples one after another, in order."""
        linear = model.get_submodule("linear")
        assert isinstance(linear, nn.Linear)
        signs = 2.0 * nn.functional.one_hot(batch.goal(), linear.out_features) - 1
        mistakes = torch.zeros(())
        for x, sign in zip(batch.inputs[0], signs.to(batch.inputs[0].dtype), strict=True):
            wrong = sign * linear(x) <= 0
            change = turn.rate * sign * wrong
            linear.weight += change[:, None] * x
            linear.bias += change
            mistakes += wrong.sum()
        return {"mistakes": mistakes / len(signs)}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of examples whose highest sum is not their own class's."""
        return {"error": error_rate(model(*batch.inputs), batch.goal())}


OBJECTIVE = PerceptronRule()
