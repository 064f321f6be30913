"""GRU with the reset gate behind the matrix: the form that libraries run in one fused kernel.

Cho, van Merrienboer, Gulcehre, Bahdanau, Bougares, Schwenk, Bengio. Learning Phrase
Representations using RNN Encoder-Decoder for Statistical Machine Translation. 2014,
arXiv:1406.1078, by Keras's documentation in its version 1; as PyTorch documents torch.nn.GRU.

Answers: in `gru` the candidate's matrix must wait for the reset gate. Here the gate scales what the
matrix gave, so all three maps of the state are one product, and one kernel does the step.

Departs from the paper: two biases a map, as the libraries have: those behind the candidate's matrix
are scaled by the gate, the others of the second row are redundant. Update gates start at
`gate_bias`; weights start uniform within 1/sqrt(hidden), as PyTorch's; the head reads the last
hidden state only.

Shapes: b examples, t steps, channels numbers a step (I above), hidden units (H above).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.gru_reset_after.spec import Config


def gru_step(  # noqa: PLR0913 - its input, its state, and four tensors to weigh them by
    x: Float[Tensor, "b channels"],
    h: Float[Tensor, "b hidden"],
    w: Float[Tensor, "three_hidden channels"],
    u: Float[Tensor, "three_hidden hidden"],
    bias_w: Float[Tensor, " three_hidden"],
    bias_u: Float[Tensor, " three_hidden"],
) -> Float[Tensor, "b hidden"]:
    """The definition of one step; the network runs it in PyTorch's fused kernel, `nn.GRU`."""
    x_r, x_z, x_n = (x @ w.T + bias_w).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ u.T + bias_u).chunk(3, dim=1)
    r = torch.sigmoid(x_r + h_r)  # reset gate
    z = torch.sigmoid(x_z + h_z)  # update gate, how much to keep
    n = torch.tanh(x_n + r * h_n)  # candidate: here r scales U h + b, not h alone
    return z * h + (1 - z) * n  # hidden: h <- z h + (1 - z) n


class GRUResetAfter(nn.Module):
    """One recurrent layer over the series; a linear head on its last hidden state."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes) < 1:
            raise ValueError("channels, hidden and classes must each be at least 1")
        self.body = nn.GRU(config.channels, config.hidden, batch_first=True)
        self.head = nn.Linear(config.hidden, config.classes)
        for name in ("bias_ih_l0", "bias_hh_l0"):
            nn.init.zeros_(self.body.get_parameter(name))
        bias = self.body.get_parameter("bias_ih_l0").detach()  # of reset, update, candidate
        nn.init.constant_(bias.chunk(3)[1], config.gate_bias)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        hidden, _ = self.body(series)
        return self.head(hidden[:, -1])
