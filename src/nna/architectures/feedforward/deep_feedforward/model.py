"""Deep feedforward network: many hidden layers of one width, started so that signals live.

Glorot, Bengio. Understanding the Difficulty of Training Deep Feedforward Neural Networks.
AISTATS 2010.

Answers: one hidden layer is enough to come close to any continuous function, but may take very
many units; layers stacked reuse what the layers below found. Yet with sigmoid units and the usual
small random weights, stacks of more than a few layers did not learn. They do where the units are
centred and the weights start so large that neither signals nor gradients shrink from layer to
layer.

Departs from the paper: ReLU, which the paper doesn't try, is among the units, with the start that
suits it (He et al. 2015); the outputs stay linear, since the loss brings its own squashing.

Shapes: b examples, features numbers each, w units a layer, classes scores.
"""

from collections import OrderedDict

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.deep_feedforward.spec import Config

ACTIVATIONS = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softsign": nn.Softsign,  # x / (1 + |x|): flattens out more slowly than tanh
    "relu": nn.ReLU,
}


def dense(n_in: int, n_out: int, activation: str | None) -> nn.Linear:
    """Weights uniform within sqrt(6 / (n_in + n_out)) (Glorot), for ReLU sqrt(6 / n_in) (He)."""
    linear = nn.Linear(n_in, n_out)
    if activation == "relu":  # half of the units are silent: twice the variance makes up for it
        nn.init.kaiming_uniform_(linear.weight, nonlinearity="relu")
    else:
        nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear


class DeepFeedforward(nn.Module):
    """Hidden layers of one width, one after the other, then one linear unit a score."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.depth < 1:
            raise ValueError(f"there has to be a hidden layer; got depth {config.depth}")
        layers = []
        for i in range(config.depth):
            n_in = config.width if i else config.features
            linear = dense(n_in, config.width, config.activation)
            activation = ACTIVATIONS[config.activation]()
            layers.append(nn.Sequential(OrderedDict(linear=linear, activation=activation)))
        self.body = nn.Sequential(*layers)
        self.head = dense(config.width, config.classes, None)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(table))
