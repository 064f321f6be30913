"""Conditional computation: binary gates decide, example by example, which units take part.

Bengio, Léonard, Courville. Estimating or Propagating Gradients Through Stochastic Neurons for
Conditional Computation. arXiv:1308.3432, 2013.

Answers: in a multilayer perceptron every unit computes for every example. A second, small path
computes gates that are exactly 0 or 1; what stands behind a closed gate need not be computed. But a
hard gate has no slope: the chain rule ends there. The straight-through estimator draws the gate at
random and passes the gradient on as if the gate were its own argument.

Departs from the paper: of its four estimators only this one. After training a gate opens where it
is more likely open than closed. The units behind closed gates are computed and then silenced; what
could be saved is measured, not saved.

Shapes: b examples, features numbers each, hidden units in equal groups, one gate a group.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.feedforward.conditional_computation.spec import Config


def straight_through(
    a: Float[Tensor, "b groups"], drawn: Float[Tensor, "b groups"]
) -> Float[Tensor, "b groups"]:
    """The drawn zeros and ones, exactly, with the slope of `a` itself: 1, not the sigmoid's."""
    return drawn + (a - a.detach())


class ConditionalComputation(nn.Module):
    """A hidden layer, gated by groups, and the small path that computes the gates.

    In training it gives a tuple: the scores, then the probabilities of the gates to be open,
    `(b, groups)`, which a loss may keep low.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.hidden % config.groups:
            raise ValueError(f"{config.hidden} units don't fall into {config.groups} equal groups")
        self.main = nn.Linear(config.features, config.hidden)
        self.gater = nn.Sequential(
            nn.Linear(config.features, config.units),
            nn.ReLU(),
            nn.Linear(config.units, config.groups),
        )
        self.head = nn.Linear(config.hidden, config.classes)
        nn.init.kaiming_uniform_(self.main.weight, nonlinearity="relu")
        nn.init.zeros_(self.main.bias)

    def gates(
        self, table: Float[Tensor, "b features"]
    ) -> tuple[Float[Tensor, "b groups"], Float[Tensor, "b groups"]]:
        """Gates, 0 or 1, and how likely each is to be open."""
        a = self.gater(table)
        p = a.sigmoid()
        if not self.training:
            return (a > 0).to(a), p
        return straight_through(a, (torch.rand_like(p) < p).to(p)), p

    def forward(
        self, table: Float[Tensor, "b features"]
    ) -> Float[Tensor, "b classes"] | tuple[Float[Tensor, "b classes"], Float[Tensor, "b groups"]]:
        gates, p = self.gates(table)
        units = F.relu(self.main(table)).unflatten(1, (gates.shape[1], -1))
        scores = self.head((units * gates[:, :, None]).flatten(1))
        return (scores, p) if self.training else scores
