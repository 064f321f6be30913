"""Extreme learning machine (ELM): leave the hidden layer to chance, solve for the rest.

Huang, Zhu, Siew. Extreme Learning Machine: Theory and Applications. Neurocomputing 70, 2006,
doi:10.1016/j.neucom.2005.12.126.

Answers: back-propagation adjusts all weights in many small steps. If those of the hidden layer are
drawn and then left alone, the outputs are linear in the others, and the best of these are found at
once, by the pseudo-inverse of what the hidden units answer.

Departs from the paper: nothing but the ranges, which it leaves open ("any continuous distribution",
theorem 2.1): weights are uniform in (-1, 1) and biases in (0, 1), as in its authors' programs.

Shapes: b examples, features numbers each, hidden units, classes scores.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.feedforward.elm.spec import Config


class ELM(nn.Module):
    """score(x) = sum over units of beta * sigmoid(w.x + b); w and b are drawn, never learnt."""

    weight: Tensor
    bias: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.register_buffer("weight", torch.empty(config.hidden, config.features).uniform_(-1, 1))
        self.register_buffer("bias", torch.empty(config.hidden).uniform_(0, 1))
        self.linear = nn.Linear(config.hidden, config.classes, bias=False)  # beta

    def hidden(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b hidden"]:
        """The matrix H of equation 3: a row an example, a column a unit."""
        return torch.sigmoid(functional.linear(table, self.weight, self.bias))

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.linear(self.hidden(table))
