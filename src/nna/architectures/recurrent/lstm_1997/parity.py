"""The LSTM of 1997 a second time: in PyTorch's kernel of today's, and unit by unit in NumPy."""

import math
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement
from nna.architectures.recurrent.lstm_1997.model import LSTM1997
from nna.architectures.recurrent.lstm_1997.spec import Config

OPEN = 60.0  # a logistic gate so far open is 1, in double precision


class Pinned(nn.Module):
    """`nn.LSTM` whose forget gates are open for ever.

    Its tanh(z / 2) is h(z) and half of g(z), so that with the candidate's weights halved its cell
    holds half of the paper's, of which it shows tanh(s / 2) = h(s).
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        own = LSTM1997(config)
        self.body, self.head = own.body, own.head  # parameters only
        self.kernel = [nn.LSTM(config.channels, config.hidden, batch_first=True)]  # no submodule

    def stacked(self, rows: Tensor, forget: float) -> Tensor:
        """From input gates, output gates, cells to i, f, candidate, o; a row a cell."""
        y_in, y_out, c = rows.split(self.body.sizes)
        y_in, y_out = (gate.repeat_interleave(self.body.cells, 0) for gate in (y_in, y_out))
        return torch.cat([y_in, torch.full_like(c, forget), c / 2, y_out])

    def forward(self, series: Tensor) -> Tensor:
        """The head on what the kernel's cells show after the last step."""
        bias = torch.cat([self.body.bias_in, self.body.bias])
        weights = {
            "weight_ih_l0": self.stacked(self.body.weight_ih, 0.0),
            "weight_hh_l0": self.stacked(self.body.weight_hh, 0.0),
            "bias_ih_l0": self.stacked(bias, OPEN),
            "bias_hh_l0": torch.zeros_like(self.stacked(bias, 0.0)),
        }
        shown, _ = torch.func.functional_call(self.kernel[0], weights, (series,))
        return self.head(shown[:, -1])


def _unsettled(model: nn.Module) -> None:
    agreement.unsettle(model)
    with torch.no_grad():
        for name in ("weight_ih", "weight_hh"):
            model.get_parameter(f"body.{name}").mul_(8.0)


def pinned() -> dict[str, float]:
    """Outputs and all gradients, where cells alone are read again; two sizes."""
    gaps: dict[str, float] = {}
    for channels, hidden, cells, steps in ((3, 5, 1, 9), (2, 6, 2, 25)):
        torch.manual_seed(0)
        config = Config(
            channels=channels, hidden=hidden, cells=cells, recurrence="cells", classes=4
        )
        reference = Pinned(config)
        _unsettled(reference)
        series = torch.randn(2, steps, channels)
        found = agreement.modules(LSTM1997(config), reference, {"series": series})
        gaps = agreement.worst(gaps, found)
    return gaps


WIRINGS: tuple[tuple[int, int, int, Literal["all", "cells"]], ...] = (
    (3, 6, 2, "all"),
    (2, 4, 1, "cells"),
)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    w, u = params["body.weight_ih"], params["body.weight_hh"]
    b = np.concatenate([params["body.bias_in"], params["body.bias"]])
    blocks, hidden = len(params["body.bias_in"]), params["head.weight"].shape[1]
    per_block, scores = hidden // blocks, []
    for example in series:
        shown, s = np.zeros(len(b)), np.zeros(hidden)  # y_in, y_out and y_c of the last step
        for x in example:
            read = shown[len(b) - u.shape[1] :]
            net = [float(w[k] @ x + u[k] @ read + b[k]) for k in range(len(b))]
            y_in = [_sigmoid(z) for z in net[:blocks]]
            y_out = [_sigmoid(z) for z in net[blocks : 2 * blocks]]
            y_c = []
            for v in range(hidden):
                block = v // per_block
                s[v] += y_in[block] * (4 * _sigmoid(net[2 * blocks + v]) - 2)
                y_c.append(y_out[block] * (2 * _sigmoid(s[v]) - 1))
            shown = np.array([*y_in, *y_out, *y_c])
        scores.append(params["head.weight"] @ shown[-hidden:] + params["head.bias"])
    return np.array(scores)


def equations() -> dict[str, float]:
    """Outputs and gradients against a loop over steps and units, in both wirings."""
    gaps: dict[str, float] = {}
    for channels, hidden, cells, recurrence in WIRINGS:
        torch.manual_seed(0)
        config = Config(
            channels=channels, hidden=hidden, cells=cells, recurrence=recurrence, classes=4
        )
        model = LSTM1997(config)
        _unsettled(model)
        found = agreement.equations(model, _naive, {"series": torch.randn(2, 9, channels)})
        gaps = agreement.worst(gaps, found)
    return gaps
