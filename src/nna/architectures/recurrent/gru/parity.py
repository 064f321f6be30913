"""The GRU of the paper a second time: unit by unit from the equations, and Keras's of that form."""

import math

import numpy as np
import torch
from torch import Tensor

from nna import agreement, twins
from nna.architectures.recurrent.gru.model import GRU, Recurrence
from nna.architectures.recurrent.gru.spec import Config

SIZES = ((3, 5, 7, 1.0), (1, 6, 15, -2.0))  # channels, units, steps, bias of the update gates


def _laid_out(own: Recurrence) -> list[Tensor | None]:
    w, u, bias = map(twins.update_first, (own.weight_ih, own.weight_hh, own.bias))
    return [w.T, u.T, bias]


LAYOUTS: dict[type, twins.Layout] = {Recurrence: _laid_out}  # for the twin in Keras


def _built(channels: int, hidden: int, steps: int, gate_bias: float) -> tuple[GRU, torch.Tensor]:
    torch.manual_seed(0)
    model = GRU(Config(channels=channels, hidden=hidden, classes=4, gate_bias=gate_bias))
    agreement.unsettle(model)
    return model, torch.randn(2, steps, channels)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    w, u, b = (params[f"body.{name}"] for name in ("weight_ih", "weight_hh", "bias"))
    hidden, scores = len(b) // 3, []
    for example in series:
        h = np.zeros(hidden)
        for x in example:
            reset = [_sigmoid(w[j] @ x + u[j] @ h + b[j]) for j in range(hidden)]
            muted, new = reset * h, np.empty(hidden)
            for j in range(hidden):
                keep, row = hidden + j, 2 * hidden + j
                z = _sigmoid(w[keep] @ x + u[keep] @ h + b[keep])
                new[j] = z * h[j] + (1 - z) * math.tanh(w[row] @ x + u[row] @ muted + b[row])
            h = new
        scores.append(params["head.weight"] @ h + params["head.bias"])
    return np.array(scores)


def equations() -> dict[str, float]:
    """Outputs and gradients against a loop over examples, steps and units, two sizes."""
    gaps: dict[str, float] = {}
    for sizes in SIZES:
        model, series = _built(*sizes)
        gaps = agreement.worst(gaps, agreement.equations(model, _naive, {"series": series}))
    return gaps


def keras() -> dict[str, float]:
    """Outputs against `keras.layers.GRU(reset_after=False)`, which lists the update gate first."""
    from keras import layers

    gaps: dict[str, float] = {}
    for channels, hidden, steps, gate_bias in SIZES:
        model, series = _built(channels, hidden, steps, gate_bias)
        layer = layers.GRU(hidden, reset_after=False)
        layer.build(series.shape)
        swapped = [
            torch.cat([z, r, c]).detach().numpy().T  # biases too, which are as they were
            for r, z, c in (p.chunk(3) for p in model.body.parameters())
        ]
        layer.set_weights(swapped)
        with torch.no_grad():
            ours = model.body(series)
        theirs = np.array(layer(series.numpy()))
        gaps = agreement.worst(gaps, {"last hidden states": agreement.gap(ours, theirs)})
    return gaps
