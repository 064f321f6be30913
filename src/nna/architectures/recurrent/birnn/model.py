"""Bidirectional recurrent network (BRNN, BiLSTM): judge a place by what came before and behind it.

Schuster, Paliwal. Bidirectional Recurrent Neural Networks. IEEE Transactions on Signal Processing
1997, doi:10.1109/78.650093. With LSTM cells: Graves, Schmidhuber. Framewise Phoneme Classification
with Bidirectional LSTM. Neural Networks 2005, doi:10.1016/j.neunet.2005.06.042.

Answers: a recurrent network's state holds what was read so far, so that a place whose meaning hangs
on what follows is judged too early. Here two layers that share nothing read the series, one from
its start and one from its end; at every place the head sees the states of both.

Departs from the papers: one place is judged, the one in the middle, where the papers judge all:
what stands before it comes by one layer, what stands behind it by the other. Simple units pass
through tanh, LSTM cells have no peepholes. PyTorch adds a second, redundant bias to every map: here
it stays frozen at zero.

Shapes: b examples, t steps, channels numbers a step (I), hidden units a direction (H).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.birnn.spec import Config


class BiRNN(nn.Module):
    """A layer in each direction; a linear head on the states of both at the place in the middle."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes) < 1:
            raise ValueError("channels, hidden and classes must each be at least 1")
        layer = {"rnn": nn.RNN, "lstm": nn.LSTM}[config.cell]
        self.body = layer(config.channels, config.hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * config.hidden, config.classes)
        for name in ("bias_hh_l0", "bias_hh_l0_reverse"):
            nn.init.zeros_(self.body.get_parameter(name)).requires_grad_(False)

    def states(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b t two_hidden"]:
        """At every step the state of the layer that came from the start, then of the other."""
        both, _ = self.body(series)
        return both

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        return self.head(self.states(series)[:, series.shape[1] // 2])


def one_direction(
    series: Float[Tensor, "b t channels"],
    w: Float[Tensor, "hidden channels"],
    u: Float[Tensor, "hidden hidden"],
    bias: Float[Tensor, " hidden"],
) -> Float[Tensor, "b t hidden"]:
    """The definition of a layer of simple units; the backward one is given the series reversed."""
    h, states = series.new_zeros(len(series), len(bias)), []
    for x in series.unbind(1):
        h = torch.tanh(x @ w.T + h @ u.T + bias)  # h <- tanh(W x + U h + b)
        states.append(h)
    return torch.stack(states, dim=1)
