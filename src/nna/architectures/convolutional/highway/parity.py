"""Highway networks beside the paper's equations, unit by unit."""

from math import exp, tanh

import numpy as np
import torch

from nna import agreement
from nna.architectures.convolutional.highway.model import HighwayNetwork
from nna.architectures.convolutional.highway.spec import Config

ACTIVATIONS = {"tanh": tanh, "relu": lambda x: max(x, 0.0)}


def equations() -> dict[str, float]:
    """Both activations, six layers; the greater difference."""
    gaps: dict[str, float] = {}
    for activation in ("tanh", "relu"):
        torch.manual_seed(0)
        config = Config(features=4, units=5, depth=6, activation=activation, classes=3)
        model = HighwayNetwork(config)
        agreement.unsettle(model)  # biases that differ from unit to unit

        def naive(p: dict[str, np.ndarray], table: np.ndarray, name=activation) -> np.ndarray:
            return np.array([_scores(p, name, row) for row in table.tolist()])

        found = agreement.equations(model, naive, {"table": torch.randn(3, 4)})
        gaps = agreement.worst(gaps, found)
    return gaps


def _scores(p: dict[str, np.ndarray], activation: str, x: list[float]) -> list[float]:
    activate = ACTIVATIONS[activation]
    y = [activate(a) for a in _affine(p, "stem.0", x)]
    for layer in range(5):
        h = [activate(a) for a in _affine(p, f"body.{layer}.transform", y)]
        t = [1 / (1 + exp(-a)) for a in _affine(p, f"body.{layer}.gate", y)]
        y = [h[i] * t[i] + y[i] * (1 - t[i]) for i in range(len(y))]  # equation 3
    return _affine(p, "head", y)


def _affine(p: dict[str, np.ndarray], name: str, x: list[float]) -> list[float]:
    weight, bias = p[f"{name}.weight"].tolist(), p[f"{name}.bias"].tolist()
    rows = zip(weight, bias, strict=True)
    return [sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in rows]
