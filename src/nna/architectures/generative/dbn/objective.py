"""Greedy learning: one machine after another, each from what the finished one below makes of data.

Training is cut into as many stretches as there are layers. In its stretch a layer learns by
contrastive divergence from the probabilities of the hidden units below it; the top one sees the
label beside them. Hinton, Osindero, Teh (2006), A Fast Learning Algorithm for Deep Belief Nets,
section 4. Reconstructions stay probabilities, which halves the noise, and only hidden units are
drawn, as Hinton (2010), A Practical Guide to Training Restricted Boltzmann Machines, allows.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.contrastive_divergence import ContrastiveDivergence, Machine
from nna.learning.losses import error_rate
from nna.learning.models import draw, having
from nna.learning.settings import setting


@runtime_checkable
class Stacked(Protocol):
    """Restricted Boltzmann machines, one on another."""

    layers: nn.ModuleList  # each a Machine; the top one sees labels
    classes: int


@dataclass(frozen=True)
class Reconstruction(ContrastiveDivergence):
    """Contrastive divergence back to probabilities."""

    def fantasies(self, machine: Machine, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Visible and hidden probabilities after so many steps."""
        visible = torch.empty(0)
        for _ in range(self.steps):
            visible = machine.visible_given(draw(hidden))
            hidden = machine.hidden_given(visible)
        return visible, hidden


@dataclass(frozen=True)
class GreedyContrastiveDivergence(WithoutGradient):
    """For models with `layers`, each a restricted Boltzmann machine; the top one sees labels."""

    steps: int = setting(1, 1)  # of each machine, away from its data

    kind = "rule"
    tasks = ("classification",)
    watch = None  # until the last layer has learnt, the error tells nothing

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Let the layer learn whose turn it is."""
        stacked = having(model, Stacked)
        now, seen = int(turn.progress * len(stacked.layers)), batch.x
        for layer in stacked.layers[:now]:
            seen = having(layer, Machine).hidden_given(seen)
        if now == len(stacked.layers) - 1:
            labels = functional.one_hot(batch.target, stacked.classes).to(seen)
            seen = torch.cat([seen, labels], dim=1)
        rule = Reconstruction(steps=self.steps)
        return rule.update(stacked.layers[now], Batch({"input": seen}), turn)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of examples whose likeliest label is not their own."""
        return {"error": error_rate(model(**batch.inputs), batch.target)}


OBJECTIVES = {"greedy_contrastive_divergence": GreedyContrastiveDivergence}
