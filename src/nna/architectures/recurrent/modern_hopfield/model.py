"""Modern Hopfield network: one look at all memories, and the state moves to the nearest.

Ramsauer et al. Hopfield Networks is All You Need. ICLR 2021, arXiv:2008.02217.

Answers: in Hopfield's network memories share the links and spoil one another from about 0.138 a
unit on. Here each memory is kept whole and its pull grows exponentially with its likeness to the
state, so that the likest wins alone; states may be any numbers.

Departs from the paper: nothing. This is the network that the paper analyses; its layers put
learnt maps in front of states and memories, as a transformer's attention does.

Shapes: b cues, m memories, d features.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.modern_hopfield.spec import Config
from nna.errors import UserError


class ModernHopfield(nn.Module):
    """State and memories live in one space; the output is the state after some updates."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.memory < 1 or config.iterations < 1 or config.beta <= 0:
            raise UserError("a modern Hopfield network needs memories, an update and beta above 0")
        self.beta, self.steps = config.beta, config.iterations
        self.memories = nn.Parameter(torch.empty(config.memory, config.features))
        nn.init.normal_(self.memories)  # until something is stored, or learnt

    def energy(self, state: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        """-lse(beta, X state) + |state|^2 / 2 + log(m) / beta + M^2 / 2; never below zero.

        lse is the logarithm of summed exponentials, over beta; M the greatest norm of a memory.
        """
        likeness = (self.beta * state @ self.memories.T).logsumexp(1) / self.beta
        largest = self.memories.square().sum(1).max()
        constant = math.log(len(self.memories)) / self.beta + largest / 2
        return state.square().sum(1) / 2 - likeness + constant

    def shares(self, state: Float[Tensor, "b d"]) -> Float[Tensor, "b m"]:
        """How much of each memory goes into the next state; they sum to one."""
        return torch.softmax(self.beta * state @ self.memories.T, dim=1)

    def update(self, state: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        """X softmax(beta X^T state): where the concave part's slope cancels that of the square."""
        return self.shares(state) @ self.memories

    def forward(self, table: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        state = table
        for _ in range(self.steps):
            state = self.update(state)
        return state
