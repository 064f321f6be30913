"""Long short-term memory as published in 1997: a cell that keeps all of itself, and two gates.

Hochreiter, Schmidhuber. Long Short-Term Memory. Neural Computation 1997,
doi:10.1162/neco.1997.9.8.1735.

Answers: a simple recurrent network passes its whole state through a matrix and a nonlinearity at
every step, so that errors sent back shrink or grow by powers. Here a cell is its own next value,
with a weight of exactly 1 (the constant error carousel): errors along it stay as they are. An input
gate decides what is added, an output gate what others see. Nothing is ever taken away but by adding
its opposite; the forget gate came in 2000 (`lstm`).

Departs from the paper: errors flow back through all of time, the paper cuts them off where they
leave a cell; the head reads the cells after the last step only; it is linear, the paper's output
units are logistic; the head starts as PyTorch starts a layer.

Shapes: b examples, t steps, channels numbers a step, hidden cells, in blocks that share two gates.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.lstm_1997.spec import Config

State = tuple[Float[Tensor, "b read"], Float[Tensor, "b hidden"]]  # what is shown; what is kept


def g(z: Tensor) -> Tensor:
    """The squashing of what is written, within (-2, 2)."""
    return 4 * torch.sigmoid(z) - 2


def h(z: Tensor) -> Tensor:
    """The squashing of what is shown, within (-1, 1)."""
    return 2 * torch.sigmoid(z) - 1


class Recurrence(nn.Module):
    """The steps of a series, one after another, from a state of zeros."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        blocks = config.hidden // config.cells
        self.cells, self.sizes = config.cells, (blocks, blocks, config.hidden)
        units = sum(self.sizes)  # input gates, output gates, cells
        self.read = units if config.recurrence == "all" else config.hidden
        self.weight_ih = nn.Parameter(torch.empty(units, config.channels).uniform_(-0.1, 0.1))
        self.weight_hh = nn.Parameter(torch.empty(units, self.read).uniform_(-0.1, 0.1))
        self.bias_in = nn.Parameter(config.gate_bias * torch.arange(1.0, blocks + 1))
        self.bias = nn.Parameter(torch.zeros(units - blocks))

    def step(self, of_x: Float[Tensor, "b units"], state: State) -> State:
        """One step; `of_x` is W x + b of input gates, output gates and cells."""
        shown, s = state
        net_in, net_out, net_c = (of_x + shown @ self.weight_hh.T).split(self.sizes, dim=1)
        y_in, y_out = torch.sigmoid(net_in), torch.sigmoid(net_out)
        s = s + self.per_cell(y_in) * g(net_c)  # cell: the old one whole, and what the gate lets in
        y_c = self.per_cell(y_out) * h(s)
        return torch.cat([y_in, y_out, y_c], dim=1)[:, -self.read :], s

    def per_cell(self, gates: Float[Tensor, "b blocks"]) -> Float[Tensor, "b hidden"]:
        """Each cell's gate: that of its block."""
        return gates.repeat_interleave(self.cells, dim=1) if self.cells > 1 else gates

    def forward(self, series: Float[Tensor, "b t channels"]) -> tuple[Tensor, Tensor]:
        """What the cells show after the last step, and what they keep."""
        of_x = series @ self.weight_ih.T + torch.cat([self.bias_in, self.bias])
        hidden = self.sizes[2]
        state = (of_x.new_zeros(len(series), self.read), of_x.new_zeros(len(series), hidden))
        for step in of_x.unbind(1):
            state = self.step(step, state)
        return state[0][:, -hidden:], state[1]


class LSTM1997(nn.Module):
    """One recurrent layer over the series; a linear head on what its cells show at the end."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes, config.cells) < 1:
            raise ValueError("channels, hidden, classes and cells must each be at least 1")
        if config.hidden % config.cells:
            raise ValueError(f"{config.hidden} cells don't make blocks of {config.cells}")
        self.body = Recurrence(config)
        self.head = nn.Linear(config.hidden, config.classes)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        y_c, _ = self.body(series)
        return self.head(y_c)
