"""LSTM with peephole connections: gates look into the cell that they guard.

Gers, Schmidhuber. Recurrent Nets that Time and Count. IJCNN 2000,
doi:10.1109/IJCNN.2000.861302. At length: Gers, Schraudolph, Schmidhuber. Learning Precise Timing
with LSTM Recurrent Networks. JMLR 3, 2002.

Answers: the gates of an LSTM read the input and what the cells show. While an output gate is shut a
cell shows nothing, so that no gate can act on what it has counted. Here each gate also reads its
cell, by one weight: input and forget gate the cell of the last step, the output gate that of this.

Departs from the papers: every cell has gates of its own (there the cells of a block share them); a
cell passes tanh on its way out, as in `lstm`; errors flow back through all of time and through the
peepholes; the head reads the last hidden state only, the papers ask at every step.

Shapes: b examples, t steps, channels numbers a step (I), hidden cells (H).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.peephole_lstm.spec import Config

State = tuple[Float[Tensor, "b hidden"], Float[Tensor, "b hidden"]]  # h, shown, and c, kept


class Recurrence(nn.Module):
    """The steps of a series, one after another, from a state of zeros."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        rows, bound = 4 * config.hidden, config.hidden**-0.5  # of i, f, g, o
        self.weight_ih = nn.Parameter(torch.empty(rows, config.channels).uniform_(-bound, bound))
        self.weight_hh = nn.Parameter(torch.empty(rows, config.hidden).uniform_(-bound, bound))
        self.peephole = nn.Parameter(torch.empty(3, config.hidden).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(rows))
        nn.init.constant_(self.bias.detach().chunk(4)[1], config.forget_bias)

    def step(self, of_x: Float[Tensor, "b four_hidden"], state: State) -> State:
        """One step; `of_x` is W x + b of input gate, forget gate, candidate and output gate."""
        h, c = state
        p_i, p_f, p_o = self.peephole
        to_i, to_f, to_g, to_o = (of_x + h @ self.weight_hh.T).chunk(4, dim=1)
        i = torch.sigmoid(to_i + p_i * c)  # input gate sees the cell as it was
        f = torch.sigmoid(to_f + p_f * c)  # forget gate, likewise
        c = f * c + i * torch.tanh(to_g)
        o = torch.sigmoid(to_o + p_o * c)  # output gate sees the cell as it is now
        return o * torch.tanh(c), c

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b hidden"]:
        of_x = series @ self.weight_ih.T + self.bias
        h = c = of_x.new_zeros(len(series), self.weight_hh.shape[1])
        for step in of_x.unbind(1):
            h, c = self.step(step, (h, c))
        return h


class PeepholeLSTM(nn.Module):
    """One recurrent layer over the series; a linear head on its last hidden state."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes) < 1:
            raise ValueError("channels, hidden and classes must each be at least 1")
        self.body = Recurrence(config)
        self.head = nn.Linear(config.hidden, config.classes)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(series))
