"""Greedy learning: one machine after another, each from what the finished one below makes of data.

Training is cut into as many stretches as there are layers. In its stretch a layer learns by
contrastive divergence from the probabilities of the hidden units below it; the top one sees the
label beside them. Hinton, Osindero, Teh (2006), A Fast Learning Algorithm for Deep Belief Nets,
section 4. Reconstructions stay probabilities, which halves the noise, and only hidden units are
drawn, as Hinton (2010), A Practical Guide to Training Restricted Boltzmann Machines, allows.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient, error_rate
from nna.objectives.contrastive_divergence import ContrastiveDivergence, draw


class Reconstruction(ContrastiveDivergence):
    """Contrastive divergence of one step, back to probabilities."""

    def fantasies(self, model: nn.Module, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Visible and hidden probabilities after one step."""
        visible = model.visible_given(draw(hidden))  # type: ignore[operator]
        return visible, model.hidden_given(visible)  # type: ignore[operator]


class GreedyContrastiveDivergence(WithoutGradient):
    """For models with `layers`, each a restricted Boltzmann machine; the top one sees labels."""

    kind = "rule"
    tasks = ("classification",)
    watch = None  # until the last layer has learnt, the error tells nothing
    rule = Reconstruction()

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Let the layer learn whose turn it is."""
        layers: nn.ModuleList = model.layers  # type: ignore[assignment]
        now = int(turn.progress * len(layers))
        seen = batch.x
        for layer in layers[:now]:
            seen = layer.hidden_given(seen)  # type: ignore[operator]
        if now == len(layers) - 1:
            classes: int = model.classes  # type: ignore[assignment]
            labels = functional.one_hot(batch.target, classes).to(seen)
            seen = torch.cat([seen, labels], dim=1)
        return self.rule.update(layers[now], Batch({"input": seen}), turn)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of examples whose likeliest label is not their own."""
        return {"error": error_rate(model(**batch.inputs), batch.target)}


OBJECTIVE = GreedyContrastiveDivergence()
