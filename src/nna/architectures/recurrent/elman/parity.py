"""The Elman network a second time: one unit after another, and Keras's layer of the same name."""

import math

import numpy as np
import torch

from nna import agreement
from nna.architectures.recurrent.elman.model import Elman
from nna.architectures.recurrent.elman.spec import Config

SIZES = ((3, 5, 9), (1, 8, 20))  # channels, units, steps


def _built(channels: int, hidden: int, steps: int) -> tuple[Elman, torch.Tensor]:
    torch.manual_seed(0)
    model = Elman(Config(channels=channels, hidden=hidden, classes=4))
    agreement.unsettle(model)
    return model, torch.randn(2, steps, channels)


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    w, u = params["body.weight_ih_l0"], params["body.weight_hh_l0"]
    b, scores = params["body.bias_ih_l0"], []
    for example in series:
        units = [0.0] * len(b)
        for x in example:
            context = list(units)  # the copy: every unit reads what all were a step ago
            for k in range(len(b)):
                given = sum(w[k, i] * x[i] for i in range(len(x)))
                kept = sum(u[k, j] * context[j] for j in range(len(b)))
                units[k] = math.tanh(given + kept + b[k])
        scores.append(params["head.weight"] @ units + params["head.bias"])
    return np.array(scores)


def equations() -> dict[str, float]:
    """Outputs and gradients against a loop over examples, steps and units, two sizes."""
    gaps: dict[str, float] = {}
    for sizes in SIZES:
        model, series = _built(*sizes)
        gaps = agreement.worst(gaps, agreement.equations(model, _naive, {"series": series}))
    return gaps


def keras() -> dict[str, float]:
    """Outputs against `keras.layers.SimpleRNN`, which has one bias, as the equation has."""
    from keras import layers

    gaps: dict[str, float] = {}
    for channels, hidden, steps in SIZES:
        model, series = _built(channels, hidden, steps)
        own = {name: value.detach().numpy() for name, value in model.body.named_parameters()}
        layer = layers.SimpleRNN(hidden)
        layer.build(series.shape)
        layer.set_weights([own["weight_ih_l0"].T, own["weight_hh_l0"].T, own["bias_ih_l0"]])
        with torch.no_grad():
            ours = model.body(series)[0][:, -1]
            theirs = np.array(layer(series.numpy()))
        gaps = agreement.worst(gaps, {"last hidden states": agreement.gap(ours, theirs)})
    return gaps
