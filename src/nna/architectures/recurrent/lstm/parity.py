"""The LSTM a second time: one number after another, from the equations."""

import math

import numpy as np
import torch

from nna import agreement
from nna.architectures.recurrent.lstm.model import LSTM
from nna.architectures.recurrent.lstm.spec import Config


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    w, u = params["body.weight_ih_l0"], params["body.weight_hh_l0"]
    b = params["body.bias_ih_l0"] + params["body.bias_hh_l0"]
    hidden = len(b) // 4
    scores = []
    for example in series:
        h, c = np.zeros(hidden), np.zeros(hidden)
        for x in example:
            shown = h.copy()  # every cell reads the hidden state as the last step left it
            for k in range(hidden):
                i, f, g, o = (
                    w[row] @ x + u[row] @ shown + b[row]
                    for row in (k, hidden + k, 2 * hidden + k, 3 * hidden + k)
                )
                c[k] = _sigmoid(f) * c[k] + _sigmoid(i) * math.tanh(g)
                h[k] = _sigmoid(o) * math.tanh(c[k])
        scores.append(params["head.weight"] @ h + params["head.bias"])
    return np.array(scores)


def equations() -> dict[str, float]:
    """Outputs and input gradients against a loop over examples, steps and cells, two sizes."""
    gaps: dict[str, float] = {}
    for channels, hidden, steps, forget in ((3, 5, 9, 1.0), (1, 8, 30, 4.0)):
        torch.manual_seed(0)
        model = LSTM(Config(channels=channels, hidden=hidden, classes=4, forget_bias=forget))
        agreement.unsettle(model)
        found = agreement.equations(model, _naive, {"series": torch.randn(2, steps, channels)})
        gaps = agreement.worst(gaps, found)
    return gaps
