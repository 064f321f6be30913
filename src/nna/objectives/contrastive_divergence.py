"""Contrastive divergence: what the data make likely, less what a few steps away from them do.

W += rate (<h v> at the data - <h v> after k steps of Gibbs sampling that start there), and likewise
the biases. It is not the gradient of the likelihood, nor of anything else, but cheap and mostly of
its direction. Hinton (2002), Training Products of Experts by Minimizing Contrastive Divergence,
Neural Computation 14; states are drawn and last probabilities kept as Hinton (2010), A Practical
Guide to Training Restricted Boltzmann Machines, advises.
"""

import torch
from torch import Tensor, nn

from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient

STEPS = 1  # k


def draw(probabilities: Tensor) -> Tensor:
    """Units that are on with these probabilities."""
    return (torch.rand_like(probabilities) < probabilities).to(probabilities)


def correlate(visible: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean products `(h, v)`, mean visible `(v,)` and mean hidden states `(h,)`."""
    return hidden.T @ visible / len(visible), visible.mean(0), hidden.mean(0)


class ContrastiveDivergence(WithoutGradient):
    """For models with `weight` `(h, v)`, two biases, `hidden_given(v)` and `visible_given(h)`."""

    kind = "rule"
    tasks = ("density",)
    watch = None  # one step's reconstruction says little of the likelihood

    def __init__(self, steps: int = STEPS) -> None:
        if steps < 1:
            raise ValueError(f"contrastive divergence of {steps} steps leaves the data nowhere")
        self.steps = steps

    def fantasies(self, model: nn.Module, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Where the chains are after so many steps: visible states, hidden probabilities.

        Args:
            model: the machine.
            hidden: probabilities given the data.
        """
        visible = torch.empty(0)
        for _ in range(self.steps):
            visible = draw(model.visible_given(draw(hidden)))  # type: ignore[operator]
            hidden = model.hidden_given(visible)  # type: ignore[operator]
        return visible, hidden

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """One step up the difference of correlations."""
        data = batch.x
        hidden = model.hidden_given(data)  # type: ignore[operator]
        awake = correlate(data, hidden)
        asleep = correlate(*self.fantasies(model, hidden))
        names = ("weight", "visible_bias", "hidden_bias")
        for name, waking, dreaming in zip(names, awake, asleep, strict=True):
            model.get_parameter(name).add_(turn.learning_rate * (waking - dreaming))
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Squared error of one step to the hidden probabilities and back."""
        data = batch.x
        back = model.visible_given(model.hidden_given(data))  # type: ignore[operator]
        return {"reconstruction": (back - data).square().mean()}


OBJECTIVE = ContrastiveDivergence()
