"""Long short-term memory (LSTM): carry a sum through time; let gates write, erase and show it.

Hochreiter, Schmidhuber. Long Short-Term Memory. Neural Computation 1997,
doi:10.1162/neco.1997.9.8.1735. The forget gate: Gers, Schmidhuber, Cummins. Learning to Forget.
Neural Computation 2000, doi:10.1162/089976600300015015.

Answers: a simple recurrent network passes its whole state through one matrix and one activation at
every step, so a gradient sent back over many steps shrinks or grows geometrically. An LSTM keeps
a second state, the cell, that is only scaled and added to: what it holds, and its gradient, lasts
as long as the forget gate stays near one.

Departs from the paper: every cell has gates of its own (there the cells of a block share them);
candidate and cell pass through tanh, not by stretched logistics; gradients flow through all of
time, none is cut off; the head reads the last hidden state only. Weights start uniform within
1/sqrt(hidden), biases at zero but for the forget gates' (`forget`); the paper starts input and
output gates below zero, forget gates above. PyTorch adds a second, redundant bias: here it stays
frozen at zero, so that 4H(H + I + 1) numbers are learnt, as the equations have it.

Shapes: b examples, t steps, channels numbers a step, hidden cells (H above; channels is I).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.lstm.spec import Config

State = tuple[Float[Tensor, "b hidden"], Float[Tensor, "b hidden"]]  # h, shown, and c, kept


def lstm_step(
    x: Float[Tensor, "b channels"],
    state: State,
    w: Float[Tensor, "four_hidden channels"],
    u: Float[Tensor, "four_hidden hidden"],
    bias: Float[Tensor, " four_hidden"],
) -> State:
    """The definition of one step; the network runs it in PyTorch's fused kernel, `nn.LSTM`."""
    h, c = state
    to_i, to_f, to_g, to_o = (x @ w.T + h @ u.T + bias).chunk(4, dim=1)
    i = torch.sigmoid(to_i)  # input gate,  how much to write: i = sigmoid(W_i x + U_i h + b_i)
    f = torch.sigmoid(to_f)  # forget gate, how much to keep:  f = sigmoid(W_f x + U_f h + b_f)
    g = torch.tanh(to_g)  # candidate,   what to write:     g = tanh(W_g x + U_g h + b_g)
    o = torch.sigmoid(to_o)  # output gate, how much to show:  o = sigmoid(W_o x + U_o h + b_o)
    c = f * c + i * g  # cell:   c <- f c + i g
    h = o * torch.tanh(c)  # hidden: h <- o tanh(c)
    return h, c


class LSTM(nn.Module):
    """One recurrent layer over the series; a linear head on its last hidden state."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes) < 1:
            raise ValueError("channels, hidden and classes must each be at least 1")
        self.body = nn.LSTM(config.channels, config.hidden, batch_first=True)
        self.head = nn.Linear(config.hidden, config.classes)
        nn.init.zeros_(self.body.get_parameter("bias_hh_l0")).requires_grad_(False)
        bias = nn.init.zeros_(self.body.get_parameter("bias_ih_l0"))  # of gates i, f, g, o
        nn.init.constant_(bias.detach().chunk(4)[1], config.forget_bias)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        hidden, _ = self.body(series)
        return self.head(hidden[:, -1])
