"""Adaline: a weighted sum that learns from how wrong it was, before the threshold decides.

Widrow, Hoff. Adaptive Switching Circuits. IRE WESCON Convention Record, part 4, 1960.

Answers: the perceptron's rule knows right and wrong only. It stops at the first weights that part
the classes, however narrowly, and where none do it wanders for ever. Adaline compares the sum
itself with +1 or -1, so each step descends a squared error that has one lowest point, whether the
classes can be parted or not.

Departs from the paper: several units, one a class, the greatest sum decides (the paper's machine is
one unit and its sign); numbers come in, not just +1 and -1. For one output it also predicts a
number. The threshold, outside of learning as in the paper, is left to whoever reads the sums.

Shapes: b examples, features numbers each, classes units.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.adaline.spec import Config


class Adaline(nn.Module):
    """One unit a class: w.x + b. Any start would do: the error has one lowest point."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.linear = nn.Linear(config.features, config.classes)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.linear(table)
