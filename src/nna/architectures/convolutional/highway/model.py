"""Highway network: each unit decides how much of it to compute and how much to carry over.

Srivastava, Greff, Schmidhuber. Training Very Deep Networks. NIPS 2015, arXiv:1507.06228; first as
Highway Networks, arXiv:1505.00387.

Answers: plain networks of some dozens of layers hardly train by gradient descent, however they
start. A long short-term memory carries its state through hundreds of steps by gates; a highway
layer carries its input through layers likewise, y = T(x) H(x) + (1 - T(x)) x. With gates that
start nearly shut, a hundred layers are at first close to the identity.

Departs from the paper: nothing. This is the fully connected network of its section 3.1, with a
plain layer first; the convolutional ones of tables 1 and 2 are not here. The scores are linear,
since the loss brings the softmax.

Shapes: b examples, features numbers each, u units, classes scores.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.highway.spec import Config

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def dense(n_in: int, n_out: int) -> nn.Linear:
    """Gaussian weights of variance 2 / n_in (He 2015), biases at zero."""
    layer = nn.Linear(n_in, n_out)
    nn.init.kaiming_normal_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class Highway(nn.Module):
    """y = T H + (1 - T) x with T = sigmoid(W_T x + b_T), H = f(W_H x + b_H) (equation 3)."""

    def __init__(self, units: int, activation: str, bias: float) -> None:
        super().__init__()
        self.transform, self.gate = dense(units, units), dense(units, units)
        self.activation = ACTIVATIONS[activation]()
        nn.init.constant_(self.gate.bias, bias)  # section 2.2

    def forward(self, x: Float[Tensor, "b u"]) -> Float[Tensor, "b u"]:
        gate = torch.sigmoid(self.gate(x))
        return torch.lerp(x, self.activation(self.transform(x)), gate)


class HighwayNetwork(nn.Module):
    """A plain layer to the common width, highway layers, a linear unit for each score."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.depth < 2:
            raise ValueError(f"highways follow the first layer; {config.depth} leaves none")
        first = dense(config.features, config.units)
        self.stem = nn.Sequential(first, ACTIVATIONS[config.activation]())
        layers = (config.units, config.activation, config.gate_bias)
        self.body = nn.Sequential(*(Highway(*layers) for _ in range(config.depth - 1)))
        self.head = nn.Linear(config.units, config.classes)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(self.stem(table)))
