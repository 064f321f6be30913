"""Jordan network: the outputs of a step are read, beside the input, in the next.

Jordan. Serial Order: A Parallel Distributed Processing Approach. ICS Report 8604, University of
California, San Diego, 1986.

Answers: a multilayer perceptron has no past: the same input gives the same output. Here state
units stand beside the input. Each adds the last output to a share of what it was, so that the same
plan, read at every step, can unfold into a sequence of different outputs.

Departs from the paper: the input may change from step to step, where the paper's plan stays; the
scores of the last step are the answer, where the paper compares every step's output with its
target; errors are sent back through all steps; the outputs' squashing comes after the scores, which
the loss takes as they are.

Shapes: b examples, t steps, channels numbers a step, hidden units, classes outputs and state units.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.jordan.spec import Config


class Jordan(nn.Module):
    """One hidden layer, which reads the input and the state that past outputs left."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes) < 1:
            raise ValueError("channels, hidden and classes must each be at least 1")
        if not 0 <= config.decay < 1:
            raise ValueError(f"decay must be at least 0 and below 1, not {config.decay}")
        self.decay = config.decay
        self.input = nn.Linear(config.channels, config.hidden)
        self.context = nn.Linear(config.classes, config.hidden, bias=False)
        self.head = nn.Linear(config.hidden, config.classes)

    def scores(
        self, x: Float[Tensor, "b channels"], state: Float[Tensor, "b classes"]
    ) -> Float[Tensor, "b classes"]:
        """Of one step; its outputs are their logistic function."""
        return self.head(torch.sigmoid(self.input(x) + self.context(state)))

    def after(
        self, state: Float[Tensor, "b classes"], outputs: Float[Tensor, "b classes"]
    ) -> Float[Tensor, "b classes"]:
        """The state that the next step reads: s <- mu s + y."""
        return self.decay * state + outputs

    def step(
        self,
        x: Float[Tensor, "b channels"],
        state: Float[Tensor, "b classes"],
        scores: Float[Tensor, "b classes"],
    ) -> tuple[Float[Tensor, "b classes"], Float[Tensor, "b classes"]]:
        """From the last step's state and scores to those of this one."""
        state = self.after(state, scores.sigmoid())
        return state, self.scores(x, state)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        first, *rest = series.unbind(1)
        state = series.new_zeros(len(series), self.head.out_features)
        scores = self.scores(first, state)
        for x in rest:
            state, scores = self.step(x, state, scores)
        return scores
