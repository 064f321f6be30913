"""The LSTM with peepholes a second time: one cell after another, from the equations."""

import math

import numpy as np
import torch

from nna import agreement
from nna.architectures.recurrent.peephole_lstm.model import PeepholeLSTM
from nna.architectures.recurrent.peephole_lstm.spec import Config


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    w, u = params["body.weight_ih"], params["body.weight_hh"]
    b, peephole = params["body.bias"], params["body.peephole"]
    hidden, scores = len(b) // 4, []
    for example in series:
        h, c = np.zeros(hidden), np.zeros(hidden)
        for x in example:
            shown, before = h.copy(), c.copy()
            for k in range(hidden):
                i, f, g, o = (
                    w[row] @ x + u[row] @ shown + b[row]
                    for row in (k, hidden + k, 2 * hidden + k, 3 * hidden + k)
                )
                opened = _sigmoid(i + peephole[0, k] * before[k])
                kept = _sigmoid(f + peephole[1, k] * before[k])
                c[k] = kept * before[k] + opened * math.tanh(g)
                h[k] = _sigmoid(o + peephole[2, k] * c[k]) * math.tanh(c[k])
        scores.append(params["head.weight"] @ h + params["head.bias"])
    return np.array(scores)


def equations() -> dict[str, float]:
    """Outputs and gradients against a loop over examples, steps and cells, two sizes."""
    gaps: dict[str, float] = {}
    for channels, hidden, steps, forget in ((3, 5, 9, 1.0), (1, 8, 15, 3.0)):
        torch.manual_seed(0)
        model = PeepholeLSTM(
            Config(channels=channels, hidden=hidden, classes=4, forget_bias=forget)
        )
        agreement.unsettle(model)
        found = agreement.equations(model, _naive, {"series": torch.randn(2, steps, channels)})
        gaps = agreement.worst(gaps, found)
    return gaps
