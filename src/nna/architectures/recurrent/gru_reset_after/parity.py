"""The libraries' GRU a second time: unit by unit from the equations, and Keras's of that form."""

import math

import numpy as np
import torch

from nna import agreement
from nna.architectures.recurrent.gru_reset_after.model import GRUResetAfter
from nna.architectures.recurrent.gru_reset_after.spec import Config

SIZES = ((3, 5, 7, 1.0), (1, 6, 15, -2.0))  # channels, units, steps, bias of the update gates


def _built(
    channels: int, hidden: int, steps: int, gate_bias: float
) -> tuple[GRUResetAfter, torch.Tensor]:
    torch.manual_seed(0)
    config = Config(channels=channels, hidden=hidden, classes=4, gate_bias=gate_bias)
    model = GRUResetAfter(config)
    agreement.unsettle(model)
    return model, torch.randn(2, steps, channels)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    w, u = params["body.weight_ih_l0"], params["body.weight_hh_l0"]
    b, b_u = params["body.bias_ih_l0"], params["body.bias_hh_l0"]
    hidden, scores = len(b) // 3, []
    for example in series:
        h = np.zeros(hidden)
        for x in example:
            new = np.empty(hidden)
            for j in range(hidden):
                of_x = [w[row] @ x + b[row] for row in (j, hidden + j, 2 * hidden + j)]
                of_h = [u[row] @ h + b_u[row] for row in (j, hidden + j, 2 * hidden + j)]
                r, z = _sigmoid(of_x[0] + of_h[0]), _sigmoid(of_x[1] + of_h[1])
                new[j] = z * h[j] + (1 - z) * math.tanh(of_x[2] + r * of_h[2])
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
    """Outputs against `keras.layers.GRU(reset_after=True)`, which lists the update gate first."""
    from keras import layers

    gaps: dict[str, float] = {}
    for channels, hidden, steps, gate_bias in SIZES:
        model, series = _built(channels, hidden, steps, gate_bias)
        layer = layers.GRU(hidden, reset_after=True)
        layer.build(series.shape)
        own = dict(model.body.named_parameters())
        swapped = {
            name: torch.cat([z, r, n]).detach()
            for name, (r, z, n) in ((name, p.chunk(3)) for name, p in own.items())
        }
        biases = torch.stack([swapped["bias_ih_l0"], swapped["bias_hh_l0"]])
        layer.set_weights(
            [
                swapped["weight_ih_l0"].T.numpy(),
                swapped["weight_hh_l0"].T.numpy(),
                biases.numpy(),
            ]
        )
        with torch.no_grad():
            ours = model.body(series)[0][:, -1]
        theirs = np.array(layer(series.numpy()))
        gaps = agreement.worst(gaps, {"last hidden states": agreement.gap(ours, theirs)})
    return gaps
