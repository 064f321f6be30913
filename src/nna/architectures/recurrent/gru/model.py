"""Gated recurrent unit (GRU): blend the old state with a new one, and mute the old in making it.

Cho, van Merrienboer, Gulcehre, Bahdanau, Bougares, Schwenk, Bengio. Learning Phrase
Representations using RNN Encoder-Decoder for Statistical Machine Translation. EMNLP 2014,
arXiv:1406.1078, section 2.3.

Answers: an LSTM guards its memory by a second state and three gates, four maps in all. Here one
state, two gates and three maps do: what isn't replaced is kept, so one gate decides both.

Of its three forms this is the paper's: the reset gate mutes the state before the recurrent matrix,
and z weighs the old state. Chung et al. 2014 weigh the new one by z: the same network with the
gate's weights negated. Libraries put the reset gate behind the matrix: `gru_reset_after`.

Departs from the paper: the maps have biases, which it leaves out of its equations; those of the
update gates start at `gate_bias`, weights uniform within 1/sqrt(hidden) instead of orthogonal; the
head reads the last hidden state only.

Shapes: b examples, t steps, channels numbers a step (I above), hidden units (H above).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.gru.spec import Config


def gru_step(
    of_x: Float[Tensor, "b three_hidden"],
    h: Float[Tensor, "b hidden"],
    u: Float[Tensor, "three_hidden hidden"],
) -> Float[Tensor, "b hidden"]:
    """One step; `of_x` is W x + b of reset gate, update gate and candidate, one after another."""
    x_r, x_z, x_c = of_x.chunk(3, dim=1)
    u_r, u_z, u_c = u.chunk(3)
    r = torch.sigmoid(x_r + h @ u_r.T)  # reset gate,  what of the past to read: equation 5
    z = torch.sigmoid(x_z + h @ u_z.T)  # update gate, how much to keep:        equation 6
    c = torch.tanh(x_c + (r * h) @ u_c.T)  # candidate, what else to become:     equation 8
    return z * h + (1 - z) * c  # hidden: h <- z h + (1 - z) c,                  equation 7


class Recurrence(nn.Module):
    """The steps of a series, one after another, from a state of zeros."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        rows = 3 * config.hidden  # of reset gates, update gates, candidates
        self.weight_ih = nn.Parameter(torch.empty(rows, config.channels))
        self.weight_hh = nn.Parameter(torch.empty(rows, config.hidden))
        self.bias = nn.Parameter(torch.zeros(rows))
        for weight in (self.weight_ih, self.weight_hh):
            nn.init.uniform_(weight, -(config.hidden**-0.5), config.hidden**-0.5)
        nn.init.constant_(self.bias.detach().chunk(3)[1], config.gate_bias)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b hidden"]:
        of_x = series @ self.weight_ih.T + self.bias  # of all steps at once: none waits for h
        h = of_x.new_zeros(len(series), self.weight_hh.shape[1])
        for step in of_x.unbind(1):
            h = gru_step(step, h, self.weight_hh)
        return h


class GRU(nn.Module):
    """One recurrent layer over the series; a linear head on its last hidden state."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes) < 1:
            raise ValueError("channels, hidden and classes must each be at least 1")
        self.body = Recurrence(config)
        self.head = nn.Linear(config.hidden, config.classes)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(series))
