"""Elman network, the simple recurrent network: hidden units also read what they were a step ago.

Elman. Finding Structure in Time. Cognitive Science 14(2), 1990, doi:10.1207/s15516709cog1402_1.

Answers: a multilayer perceptron sees time only as a window of fixed width, where the same pattern
a step later is another pattern. Here the hidden units are copied into context units, and read
beside the next input: what came before is remembered by its effect, over series of any length.

Departs from the paper: tanh and a context of zeros, not logistic units (with a context of halves
those compute the same functions); gradients flow through all of time, the paper's end at the
copied context; the head reads the last hidden state only, the paper's predicts at every step.
PyTorch adds a second, redundant bias: here it stays frozen at zero, so that H(H + I + 1) numbers
of the recurrence are learnt, as the equation has it.

Shapes: b examples, t steps, channels numbers a step (I above), hidden units (H above).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.elman.spec import Config


def elman_step(
    x: Float[Tensor, "b channels"],
    context: Float[Tensor, "b hidden"],
    w: Float[Tensor, "hidden channels"],
    u: Float[Tensor, "hidden hidden"],
    bias: Float[Tensor, " hidden"],
) -> Float[Tensor, "b hidden"]:
    """The definition of one step; the network runs it in PyTorch's fused kernel, `nn.RNN`."""
    return torch.tanh(x @ w.T + context @ u.T + bias)  # h <- tanh(W x + U h + b)


class Elman(nn.Module):
    """One recurrent layer over the series; a linear head on its last hidden state."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes) < 1:
            raise ValueError("channels, hidden and classes must each be at least 1")
        self.body = nn.RNN(config.channels, config.hidden, batch_first=True)
        self.head = nn.Linear(config.hidden, config.classes)
        nn.init.zeros_(self.body.get_parameter("bias_hh_l0")).requires_grad_(False)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        hidden, _ = self.body(series)
        return self.head(hidden[:, -1])
