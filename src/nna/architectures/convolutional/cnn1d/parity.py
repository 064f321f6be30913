"""The network over time against its equations, unit by unit and step by step in NumPy."""

from functools import partial

import numpy as np
import torch

from nna import agreement
from nna.architectures.convolutional.cnn1d.model import CNN1D
from nna.architectures.convolutional.cnn1d.spec import SPEC, VARIANTS, Config


def equations() -> dict[str, float]:
    """The paper's sizes, and dilated layers of rectified units; the greater differences."""
    gaps: dict[str, float] = {}
    for config in (VARIANTS["tdnn"].config, SPEC.tiny):
        torch.manual_seed(0)
        model = CNN1D(config)
        agreement.unsettle(model)
        inputs = {"series": torch.randn(2, 15, config.channels)}
        found = agreement.equations(model, partial(_scores, config), inputs)
        gaps = agreement.worst(gaps, found)
    return gaps


def _scores(config: Config, p: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    scores = np.zeros((len(series), config.classes))
    for example, x in enumerate(series):
        last = len(config.kernels) - 1
        for layer, dilation in enumerate(config.dilations):
            sums = _layer(p[f"body.{2 * layer}.weight"], p[f"body.{2 * layer}.bias"], x, dilation)
            activated = layer == last or config.activation == "sigmoid"
            x = 1 / (1 + np.exp(-sums)) if activated else np.maximum(sums, 0)
        for step in x:
            scores[example] += p["scale"] * step
    return scores + p["bias"]


def _layer(weight: np.ndarray, bias: np.ndarray, x: np.ndarray, dilation: int) -> np.ndarray:
    """Each unit's weighted sum of `kernel` steps, `dilation` apart, at every step that has them."""
    units, _, kernel = weight.shape
    out = np.empty((len(x) - (kernel - 1) * dilation, units))
    for step in range(len(out)):
        for unit in range(units):
            out[step, unit] = bias[unit]
            for delay in range(kernel):
                out[step, unit] += weight[unit, :, delay] @ x[step + delay * dilation]
    return out
