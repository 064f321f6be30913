"""Persistent contrastive divergence: the chains go on where the last step left them.

The machine's own correlations are taken from chains that never return to the data, so that they
come to roam wherever the machine believes data to be. Tieleman (2008), Training Restricted
Boltzmann Machines using Approximations to the Likelihood Gradient.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor

from nna.learning.contrastive_divergence import ContrastiveDivergence, Machine
from nna.learning.models import draw, having


@runtime_checkable
class Roaming(Machine, Protocol):
    """A restricted Boltzmann machine with chains that roam."""

    chains: Tensor  # hidden states, (c, h)


@dataclass(frozen=True)
class PersistentContrastiveDivergence(ContrastiveDivergence):
    """For the same models, with a buffer `chains` of hidden states `(c, h)`."""

    def fantasies(self, machine: Machine, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """One or more steps further; the data don't matter here."""
        visible, chains = hidden, having(machine, Roaming).chains
        for _ in range(self.steps):
            visible = draw(machine.visible_given(chains))
            hidden = machine.hidden_given(visible)
            chains.copy_(draw(hidden))
        return visible, hidden


OBJECTIVES = {
    "contrastive_divergence": ContrastiveDivergence,
    "persistent_contrastive_divergence": PersistentContrastiveDivergence,
}
