"""Contrastive divergence: what the data make likely, less what a few steps away from them do.

W += rate (<h v> at the data - <h v> after k steps of Gibbs sampling that start there), and likewise
the biases. It is not the gradient of the likelihood, nor of anything else, but cheap and mostly of
its direction. Hinton (2002), Training Products of Experts by Minimizing Contrastive Divergence,
Neural Computation 14; states are drawn and last probabilities kept as Hinton (2010), A Practical
Guide to Training Restricted Boltzmann Machines, advises.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.models import draw, having
from nna.learning.settings import setting


@runtime_checkable
class Machine(Protocol):
    """A restricted Boltzmann machine."""

    weight: Tensor  # (h, v)
    visible_bias: Tensor
    hidden_bias: Tensor

    def visible_given(self, hidden: Tensor) -> Tensor:
        """Probabilities that visible units are on."""
        ...

    def hidden_given(self, visible: Tensor) -> Tensor:
        """Probabilities that hidden units are on."""
        ...


def correlate(visible: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean products `(h, v)`, mean visible `(v,)` and mean hidden states `(h,)`."""
    return hidden.T @ visible / len(visible), visible.mean(0), hidden.mean(0)


@dataclass(frozen=True)
class ContrastiveDivergence(WithoutGradient):
    """For models with `weight` `(h, v)`, two biases, `hidden_given(v)` and `visible_given(h)`."""

    steps: int = setting(1, 1)  # k, away from the data

    kind = "rule"
    tasks = ("density",)
    watch = None  # one step's reconstruction says little of the likelihood

    def fantasies(self, machine: Machine, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Where the chains are after so many steps: visible states, hidden probabilities.

        Args:
            machine: that dreams.
            hidden: probabilities given the data.
        """
        visible = torch.empty(0)
        for _ in range(self.steps):
            visible = draw(machine.visible_given(draw(hidden)))
            hidden = machine.hidden_given(visible)
        return visible, hidden

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """One step up the difference of correlations."""
        machine, data = having(model, Machine), batch.x
        hidden = machine.hidden_given(data)
        awake = correlate(data, hidden)
        asleep = correlate(*self.fantasies(machine, hidden))
        learnt = (machine.weight, machine.visible_bias, machine.hidden_bias)
        for parameter, waking, dreaming in zip(learnt, awake, asleep, strict=True):
            parameter.add_(turn.learning_rate * (waking - dreaming))
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Squared error of one step to the hidden probabilities and back."""
        machine, data = having(model, Machine), batch.x
        back = machine.visible_given(machine.hidden_given(data))
        return {"reconstruction": (back - data).square().mean()}
