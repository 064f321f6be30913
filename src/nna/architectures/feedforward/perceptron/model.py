"""Perceptron: weighted votes, corrected after mistakes only.

Rosenblatt. The Perceptron: A Probabilistic Model for Information Storage and Organization in the
Brain. Psychological Review 65(6), 1958, doi:10.1037/h0042519.

Answers: the threshold units of McCulloch and Pitts (1943) can realise any Boolean function, but
somebody has to find their weights. The perceptron finds them from examples: where the response is
wrong, the example is added to the unit's weights or subtracted from them. If any weights are right
on all examples, this ends at such weights after finitely many mistakes.

Departs from the paper: only its adjustable stage, from association units to responses, is built;
the fixed random wiring from the retina to the association units is left to whoever prepares the
table. The responses are the sums before the threshold, one unit a class, and the greatest decides.
The rule meant today (change after a mistake, else not) came with Rosenblatt's book of 1962.

Shapes: b examples, features numbers each, classes units.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.perceptron.spec import Config


class Perceptron(nn.Module):
    """One unit a class: w.x + b. Weights start at zero, so the size of the steps is immaterial."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.classes < 2:
            raise ValueError(f"one unit a class needs two classes or more, not {config.classes}")
        self.linear = nn.Linear(config.features, config.classes)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.linear(table)
