"""Boltzmann learning: how often two units are on together awake, less how often asleep.

w_ij += rate (<s_i s_j> with the data clamped - <s_i s_j> running free), and likewise the biases,
as links to a unit that is always on: at equilibrium the gradient of the mean log-likelihood.
Ackley, Hinton, Sejnowski (1985), A Learning Algorithm for Boltzmann Machines. The free machines
are not started anew and cooled, as there, but go on where the last step left them, as Tieleman
(2008) has them in restricted machines.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient

AWAKE, ASLEEP = 3, 1  # sweeps before correlations are taken


def sweep(model: nn.Module, state: Tensor, units: Iterable[int], links: Tensor) -> None:
    """Draw some units in turn, each given all others, in place.

    Args:
        model: the machine.
        state: `(c, units)` of 0 and 1.
        units: those that are drawn; the others are clamped.
        links: of the machine.
    """
    for unit in units:
        chance = model.on(state, unit, links)  # type: ignore[operator]
        state[:, unit] = (torch.rand_like(chance) < chance).to(state)


class Boltzmann(WithoutGradient):
    """For models with a `weight` for each of their `pairs`, `bias`, `chains`, `links()`, `on(...)`.

    Visible units come first; how many there are, the examples say.
    """

    kind = "rule"
    tasks = ("density",)
    watch = None  # the likelihood itself is a sum over all states

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """One step up the difference of correlations."""
        data, chains = batch.x, model.get_buffer("chains")
        (one, other), units = model.get_buffer("pairs"), chains.shape[1]
        links = model.links()  # type: ignore[operator]
        coins = torch.rand(len(data), units - data.shape[1], device=data.device)
        awake = torch.cat([data, (coins < 0.5).to(data)], dim=1)
        for _ in range(AWAKE):
            sweep(model, awake, range(data.shape[1], units), links)
        for _ in range(ASLEEP):
            sweep(model, chains, range(units), links)
        together = awake.T @ awake / len(awake) - chains.T @ chains / len(chains)
        model.get_parameter("weight").add_(turn.learning_rate * together[one, other])
        model.get_parameter("bias").add_(turn.learning_rate * together.diagonal())
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


OBJECTIVE = Boltzmann()
