"""Boltzmann learning: how often two units are on together awake, less how often asleep.

w_ij += rate (<s_i s_j> with the data clamped - <s_i s_j> running free), and likewise the biases,
as links to a unit that is always on: at equilibrium the gradient of the mean log-likelihood.
Ackley, Hinton, Sejnowski (1985), A Learning Algorithm for Boltzmann Machines. The free machines
are not started anew and cooled, as there, but go on where the last step left them, as Tieleman
(2008) has them in restricted machines.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.models import draw, having
from nna.learning.settings import setting


@runtime_checkable
class Machine(Protocol):
    """A Boltzmann machine whose chains run free."""

    pairs: Tensor  # (2, pairs)
    weight: nn.Parameter  # one a pair
    bias: nn.Parameter
    chains: Tensor  # (c, units)

    def links(self) -> Tensor:
        """The weights as a matrix, `(units, units)`."""
        ...

    def on(self, state: Tensor, unit: int, links: Tensor) -> Tensor:
        """Probability that a unit is on, given all others."""
        ...


def sweep(machine: Machine, state: Tensor, units: Iterable[int], links: Tensor) -> None:
    """Draw some units in turn, each given all others, in place.

    Args:
        machine: whose units they are.
        state: `(c, units)` of 0 and 1.
        units: those that are drawn; the others are clamped.
        links: of the machine.
    """
    for unit in units:
        state[:, unit] = draw(machine.on(state, unit, links))


@dataclass(frozen=True)
class Boltzmann(WithoutGradient):
    """For models with a `weight` for each of their `pairs`, `bias`, `chains`, `links()`, `on(...)`.

    Visible units come first; how many there are, the examples say.
    """

    clamped_sweeps: int = setting(3, 1)  # before correlations are taken, data clamped
    free_sweeps: int = setting(1, 1)  # and running free

    kind = "rule"
    tasks = ("density",)
    watch = None  # the likelihood itself is a sum over all states

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """One step up the difference of correlations."""
        machine, data = having(model, Machine), batch.x
        chains, links = machine.chains, machine.links()
        (one, other), units = machine.pairs, chains.shape[1]
        coins = torch.rand(len(data), units - data.shape[1], device=data.device)
        awake = torch.cat([data, (coins < 0.5).to(data)], dim=1)
        for _ in range(self.clamped_sweeps):
            sweep(machine, awake, range(data.shape[1], units), links)
        for _ in range(self.free_sweeps):
            sweep(machine, chains, range(units), links)
        together = awake.T @ awake / len(awake) - chains.T @ chains / len(chains)
        machine.weight.add_(turn.learning_rate * together[one, other])
        machine.bias.add_(turn.learning_rate * together.diagonal())
        return {"difference": together.abs().mean()}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Nats by which visible units surprise, each given all other visible ones."""
        data = batch.x
        whole, surprise = model(data), torch.zeros(len(data), 1, device=data.device)
        for unit in range(data.shape[1]):
            turned = data.clone()
            turned[:, unit] = 1 - turned[:, unit]
            surprise += nn.functional.softplus(model(turned) - whole)
        return {"surprise": surprise.mean()}


OBJECTIVES = {"boltzmann": Boltzmann}
