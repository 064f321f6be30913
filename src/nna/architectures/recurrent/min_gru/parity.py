"""The minimal GRU a second time: its recurrence, one unit and one step after another."""

import math

import numpy as np
import torch

from nna import agreement
from nna.architectures.recurrent.min_gru.model import MinGRU
from nna.architectures.recurrent.min_gru.spec import Config


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _layer(params: dict[str, np.ndarray], number: int, series: np.ndarray) -> np.ndarray:
    w, b, v, c = (
        params[f"layers.{number}.{part}"]
        for part in ("gate.weight", "gate.bias", "candidate.weight", "candidate.bias")
    )
    h, states = [0.0] * len(b), []
    for x in series:
        for k in range(len(b)):
            z = _sigmoid(w[k] @ x + b[k])
            a = float(v[k] @ x + c[k])
            h[k] = (1 - z) * h[k] + z * (a + 0.5 if a >= 0 else _sigmoid(a))
        states.append(list(h))
    return np.array(states)


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    layers = sum(name.endswith("gate.bias") for name in params)
    scores = []
    for example in series:
        states = example
        for number in range(layers):
            states = _layer(params, number, states)
        scores.append(params["head.weight"] @ states[-1] + params["head.bias"])
    return np.array(scores)


def equations() -> dict[str, float]:
    """Outputs and gradients of the scan against loops over steps and units, two sizes."""
    gaps: dict[str, float] = {}
    for channels, hidden, layers, steps, bias in ((3, 5, 2, 9, -1.0), (1, 6, 1, 25, 0.5)):
        torch.manual_seed(0)
        config = Config(channels=channels, hidden=hidden, layers=layers, gate_bias=bias, classes=4)
        model = MinGRU(config)
        agreement.unsettle(model)
        found = agreement.equations(model, _naive, {"series": torch.randn(2, steps, channels)})
        gaps = agreement.worst(gaps, found)
    return gaps
