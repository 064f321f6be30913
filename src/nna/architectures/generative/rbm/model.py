"""Restricted Boltzmann machine (RBM): two layers that know each other, and none of their own.

Smolensky. Information Processing in Dynamical Systems: Foundations of Harmony Theory. In Parallel
Distributed Processing, volume 1, chapter 6, 1986. Learning: Hinton. Training Products of Experts
by Minimizing Contrastive Divergence. Neural Computation 14, 2002,
doi:10.1162/089976602760128018.

Answers: a Boltzmann machine must come to rest before every lesson, one unit after another. Here no
unit is linked to another of its layer: given one layer, all units of the other are independent, so
that a whole layer is drawn at once, and the energy of a picture has a closed form.

Departs from the paper: nothing.

Shapes: b examples, v visible units, h hidden units, s states.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import softplus

from nna.architectures.generative.rbm.spec import Config
from nna.errors import UserError

CHAINS = 64  # of persistent learning
EXACT = 20  # units of the smaller layer up to which all its states are summed


class RBM(nn.Module):
    """p(v, h) = exp(v.a + h.b + h.Wv) / Z; the output is the log-probability of v, log Z left out.

    `chains` are the hidden states that persistent learning keeps from step to step.
    """

    chains: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.features < 1 or config.hidden < 1:
            raise UserError("a restricted Boltzmann machine needs units in both its layers")
        self.weight = nn.Parameter(torch.empty(config.hidden, config.features))
        self.visible_bias = nn.Parameter(torch.zeros(config.features))
        self.hidden_bias = nn.Parameter(torch.zeros(config.hidden))
        self.register_buffer("chains", torch.zeros(CHAINS, config.hidden))
        nn.init.normal_(self.weight, std=0.01)  # small: hidden units differ, none is sure

    def hidden_given(self, visible: Float[Tensor, "b v"]) -> Float[Tensor, "b h"]:
        """Probabilities that hidden units are on."""
        return torch.sigmoid(visible @ self.weight.T + self.hidden_bias)

    def visible_given(self, hidden: Float[Tensor, "b h"]) -> Float[Tensor, "b v"]:
        """Probabilities that visible units are on."""
        return torch.sigmoid(hidden @ self.weight + self.visible_bias)

    def forward(self, table: Float[Tensor, "b v"]) -> Float[Tensor, "b 1"]:
        """Minus the free energy: the sum over hidden states factorises, unit by unit."""
        inputs = table @ self.weight.T + self.hidden_bias
        return (table @ self.visible_bias + softplus(inputs).sum(1))[:, None]

    def log_partition(self) -> Tensor:
        """Log Z, exactly: the sum over all states of the smaller layer, the larger summed out.

        Raises:
            UserError: both layers are too large for that.
        """
        hidden, visible = self.weight.shape
        if min(hidden, visible) > EXACT:
            raise UserError(
                f"log Z of {visible} visible and {hidden} hidden units is beyond an exact sum: "
                f"take at most {EXACT} hidden units (--set hidden={EXACT})"
            )
        few_visible = visible <= hidden
        weight = self.weight.T if few_visible else self.weight
        few, many = self.visible_bias, self.hidden_bias
        few, many = (few, many) if few_visible else (many, few)
        parts = []
        for number in torch.arange(2 ** len(few), device=few.device).split(2**14):
            states = (number[:, None] >> torch.arange(len(few), device=few.device) & 1).to(few)
            parts.append((states @ few + softplus(states @ weight + many).sum(1)).logsumexp(0))
        return torch.stack(parts).logsumexp(0)
