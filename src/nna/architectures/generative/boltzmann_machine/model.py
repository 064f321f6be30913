"""Boltzmann machine: a Hopfield network with chance in it, and units that nobody shows anything.

Ackley, Hinton, Sejnowski. A Learning Algorithm for Boltzmann Machines. Cognitive Science 9, 1985,
doi:10.1207/s15516709cog0901_7.

Answers: a Hopfield network rolls into the nearest hollow and stays there, and its links can only
hold what pairs of visible units do. Here units are drawn by chance, so that low energy means often
and not always; and hidden units, which no example sets, learn to stand for what pairs can't say.

Departs from the paper: the temperature is always 1, for which the learning rule is the gradient of
the likelihood; the paper cools the machine before each measurement. Any two units are linked; the
paper leaves out links where a task is to need hidden units.

Shapes: b examples, v visible units, h hidden units, n = v + h units, c chains, s states.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.generative.boltzmann_machine.spec import Config
from nna.errors import UserError

CHAINS = 64  # machines that run free while it learns
HIDDEN, ALL = 12, 24  # units up to which all states of the hidden ones, of all, are summed


def every_state(units: int, like: Tensor) -> Float[Tensor, "s units"]:
    """All 2^units rows of 0 and 1."""
    numbers = torch.arange(2**units, device=like.device)
    return (numbers[:, None] >> torch.arange(units, device=like.device) & 1).to(like)


class BoltzmannMachine(nn.Module):
    """p(state) = exp(sum over pairs of weight times both + bias . state) / Z, visible units first.

    The output is the log-probability of the visible units, log Z left out. `chains` are the states
    of machines that run free.
    """

    pairs: Tensor
    chains: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.features < 1 or not 0 <= config.hidden <= HIDDEN:
            raise UserError(
                f"a Boltzmann machine needs visible units, and 0 to {HIDDEN} hidden ones, over "
                f"whose states it sums: {config.features} and {config.hidden} were asked for"
            )
        self.visible, self.units = config.features, config.features + config.hidden
        pairs = torch.triu_indices(self.units, self.units, offset=1)
        self.register_buffer("pairs", pairs, persistent=False)
        self.weight = nn.Parameter(torch.empty(pairs.shape[1]))
        self.bias = nn.Parameter(torch.zeros(self.units))
        self.register_buffer("chains", torch.zeros(CHAINS, self.units))
        nn.init.normal_(self.weight, std=0.01)

    def links(self) -> Float[Tensor, "n n"]:
        """One weight for both directions of a pair, and none from a unit to itself."""
        empty = self.weight.new_zeros(self.units, self.units)
        above = empty.index_put((self.pairs[0], self.pairs[1]), self.weight)
        return above + above.T

    def on(
        self, state: Float[Tensor, "c n"], unit: int, links: Float[Tensor, "n n"]
    ) -> Float[Tensor, " c"]:
        """Probability that a unit is on, given all others: logistic in the energy it saves."""
        return torch.sigmoid(state @ links[unit] + self.bias[unit])

    def forward(self, table: Float[Tensor, "b v"]) -> Float[Tensor, "b 1"]:
        """Log of the sum of exp(-energy) over all hidden states."""
        links, v = self.links(), self.visible
        hidden = every_state(self.units - v, table)
        alone = hidden @ self.bias[v:] + 0.5 * ((hidden @ links[v:, v:]) * hidden).sum(1)
        given = table @ self.bias[:v] + 0.5 * ((table @ links[:v, :v]) * table).sum(1)
        between = table @ links[:v, v:] @ hidden.T
        return (between + alone + given[:, None]).logsumexp(1, keepdim=True)

    def log_partition(self) -> Tensor:
        """Log Z, exactly: the sum over all visible states too.

        Raises:
            UserError: there are too many units for that.
        """
        if self.units > ALL:
            raise UserError(
                f"log Z of {self.units} units is a sum of 2^{self.units} states: at most {ALL} "
                "units can be summed exactly"
            )
        states = every_state(self.visible, self.weight).split(2**14)
        return torch.cat([self(some) for some in states]).logsumexp((0, 1))
