"""Hopfield network: a memory that falls into place, as a ball does that rolls downhill.

Hopfield. Neural networks and physical systems with emergent collective computational abilities.
Proceedings of the National Academy of Sciences 79, 1982, doi:10.1073/pnas.79.8.2554.

Answers: nets that only feed forward give an answer and are done; part of a memory can't call up
the rest. Here all units are linked both ways with equal strength, so that every state has an
energy, no unit that obeys its inputs ever raises it, and the net must come to rest.

Departs from the paper: units are -1 or +1, not 0 or 1, which amounts to a threshold of half the
sum of the unit's links; they take turns in a fixed order, so that equal cues give equal
answers, where the paper lets each act at random times.

Shapes: b cues, n units. Links have no unit of measure: only their signs and ratios count.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.hopfield.spec import Config
from nna.errors import UserError


class Hopfield(nn.Module):
    """One link `weight` for each pair of units; the output is the state in which the net rests."""

    pairs: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.features < 2:
            raise UserError("a Hopfield network needs two units at least, to be linked")
        self.units = config.features
        pairs = torch.triu_indices(self.units, self.units, offset=1)
        self.register_buffer("pairs", pairs, persistent=False)
        self.weight = nn.Parameter(torch.zeros(pairs.shape[1]))  # nothing is remembered yet

    def links(self) -> Float[Tensor, "n n"]:
        """T of the paper: symmetric, and no unit is linked to itself."""
        empty = self.weight.new_zeros(self.units, self.units)
        above = empty.index_put((self.pairs[0], self.pairs[1]), self.weight)
        return above + above.T

    def energy(self, state: Float[Tensor, "b n"]) -> Float[Tensor, " b"]:
        """Minus half the sum, over ordered pairs, of link times both states."""
        return -0.5 * ((state @ self.links()) * state).sum(1)

    def sweep(
        self, state: Float[Tensor, "b n"], links: Float[Tensor, "n n"]
    ) -> Float[Tensor, "b n"]:
        """Each unit in its turn takes the sign of its input; without input it stays."""
        state = state.clone()
        for unit in range(self.units):
            drive = state @ links[unit]
            state[:, unit] = torch.where(drive == 0, state[:, unit], drive.sign())
        return state

    @torch.no_grad()  # signs have no slope worth following
    def forward(self, table: Float[Tensor, "b n"]) -> Float[Tensor, "b n"]:
        links = self.links()
        state = torch.where(table < 0, -1.0, 1.0).to(links)
        after = self.sweep(state, links)
        while not torch.equal(after, state):  # it ends: states are finite, energy only falls
            state, after = after, self.sweep(after, links)
        return after
