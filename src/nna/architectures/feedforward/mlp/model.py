"""Multilayer perceptron (MLP): units between input and output invent the features.

Rumelhart, Hinton, Williams. Learning Representations by Back-Propagating Errors. Nature 323, 1986,
doi:10.1038/323533a0.

Answers: a perceptron parts classes by hyperplanes only, and its rule can't train units between
input and output, because nobody says what those should answer. With smooth units in place of
thresholds the error has a derivative by every weight, which the chain rule finds from the outputs
backwards, layer by layer.

Departs from the paper: the outputs stay linear, since the loss brings its own squashing; ReLU and
tanh may stand for the logistic function; weights start uniform within Glorot's bounds (He's for
ReLU), which shrink as layers grow, instead of within 0.3, and biases at zero; dropout (2014).

Shapes: b examples, features numbers each, n_in and n_out units, classes scores.
"""

from collections import OrderedDict

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.mlp.spec import Config

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}


def dense(n_in: int, n_out: int, activation: str, dropout: float) -> nn.Sequential:
    """Every unit sums all inputs (equation 1) and transforms the sum (equation 2)."""
    linear = nn.Linear(n_in, n_out)
    fill = nn.init.kaiming_uniform_ if activation == "relu" else nn.init.xavier_uniform_
    fill(linear.weight)
    nn.init.zeros_(linear.bias)
    parts = {"linear": linear, "activation": ACTIVATIONS[activation](), "drop": nn.Dropout(dropout)}
    return nn.Sequential(OrderedDict(parts))


class MLP(nn.Module):
    """Hidden layers one after the other, then one linear unit a score."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.hidden, default=0) < 1:
            raise ValueError(f"hidden layers need units, at least one each; got {config.hidden}")
        self.body = nn.Sequential()
        width = config.features
        for units in config.hidden:
            self.body.append(dense(width, units, config.activation, config.dropout))
            width = units
        self.head = nn.Linear(width, config.classes)
        nn.init.xavier_uniform_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(table))
