"""The bidirectional network a second time: unit by unit in NumPy, and Keras's wrapper."""

import math
from typing import Literal

import numpy as np
import torch

from nna import agreement
from nna.architectures.recurrent.birnn.model import BiRNN
from nna.architectures.recurrent.birnn.spec import Config

Cell = Literal["rnn", "lstm"]
SIZES: tuple[tuple[int, int, int, Cell], ...] = (
    (3, 5, 9, "rnn"),
    (1, 4, 8, "lstm"),
)  # channels, units, steps, cell


def _built(channels: int, hidden: int, steps: int, cell: Cell) -> tuple[BiRNN, torch.Tensor]:
    torch.manual_seed(0)
    model = BiRNN(Config(channels=channels, hidden=hidden, cell=cell, classes=4))
    agreement.unsettle(model)
    return model, torch.randn(2, steps, channels)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _read(params: dict[str, np.ndarray], places: np.ndarray, end: str) -> np.ndarray:
    """The state of one layer behind the last of these places, cell by cell."""
    w, u, b = (
        params[f"body.{name}{end}"] for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0")
    )
    hidden = u.shape[1]
    h, c = np.zeros(hidden), np.zeros(hidden)
    for x in places:
        net = [float(w[k] @ x + u[k] @ h + b[k]) for k in range(len(b))]
        if len(b) == hidden:
            h = np.array([math.tanh(z) for z in net])
            continue
        h = h.copy()
        for k in range(hidden):
            i, f, g, o = (net[k + part * hidden] for part in range(4))
            c[k] = _sigmoid(f) * c[k] + _sigmoid(i) * math.tanh(g)
            h[k] = _sigmoid(o) * math.tanh(c[k])
    return h


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    scores = []
    for example in series:
        middle = len(example) // 2
        before = _read(params, example[: middle + 1], "")
        behind = _read(params, example[middle:][::-1], "_reverse")
        both = np.concatenate([before, behind])
        scores.append(params["head.weight"] @ both + params["head.bias"])
    return np.array(scores)


def equations() -> dict[str, float]:
    """Outputs and gradients against loops from either end to the middle, both kinds of cell."""
    gaps: dict[str, float] = {}
    for sizes in SIZES:
        model, series = _built(*sizes)
        gaps = agreement.worst(gaps, agreement.equations(model, _naive, {"series": series}))
    return gaps


def keras() -> dict[str, float]:
    """States of all steps against `keras.layers.Bidirectional`, which has one bias a map."""
    from keras import layers

    gaps: dict[str, float] = {}
    for channels, hidden, steps, cell in SIZES:
        model, series = _built(channels, hidden, steps, cell)
        kind = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM}[cell]
        layer = layers.Bidirectional(kind(hidden, return_sequences=True), merge_mode="concat")
        layer.build(series.shape)
        own = {name: value.detach().numpy() for name, value in model.body.named_parameters()}
        layer.set_weights(
            [
                own[f"{name}{end}"].T
                for end in ("", "_reverse")
                for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0")
            ]
        )
        with torch.no_grad():
            ours = model.states(series)
            theirs = np.array(layer(series.numpy()))
        gaps = agreement.worst(gaps, {"states of all steps": agreement.gap(ours, theirs)})
    return gaps
