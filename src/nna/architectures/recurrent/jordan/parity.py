"""The Jordan network a second time: one unit after another, in NumPy."""

import math

import numpy as np
import torch

from nna import agreement
from nna.architectures.recurrent.jordan.model import Jordan
from nna.architectures.recurrent.jordan.spec import Config

SIZES = ((3, 5, 4, 0.3), (1, 8, 2, 0.7))  # channels, hidden units, outputs, decay


def _built(channels: int, hidden: int, classes: int, decay: float) -> Jordan:
    torch.manual_seed(0)
    model = Jordan(Config(channels=channels, hidden=hidden, classes=classes, decay=decay))
    agreement.unsettle(model)
    return model


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def equations() -> dict[str, float]:
    """Outputs and gradients against a loop over examples, steps and units, two sizes."""
    gaps: dict[str, float] = {}
    for sizes in SIZES:
        model, decay = _built(*sizes), sizes[-1]

        def naive(
            params: dict[str, np.ndarray], series: np.ndarray, decay: float = decay
        ) -> np.ndarray:
            w, b = params["input.weight"], params["input.bias"]
            u, v, c = params["context.weight"], params["head.weight"], params["head.bias"]
            answers = []
            for example in series:
                state, scores = [0.0] * len(c), [0.0] * len(c)
                for number, x in enumerate(example):
                    if number:
                        state = [
                            decay * s + _logistic(z) for s, z in zip(state, scores, strict=True)
                        ]
                    hidden = [
                        _logistic(
                            sum(w[k, i] * x[i] for i in range(len(x)))
                            + sum(u[k, j] * state[j] for j in range(len(state)))
                            + b[k]
                        )
                        for k in range(len(b))
                    ]
                    scores = [float(v[j] @ hidden + c[j]) for j in range(len(c))]
                answers.append(scores)
            return np.array(answers)

        series = torch.randn(2, 6, sizes[0])
        gaps = agreement.worst(gaps, agreement.equations(model, naive, {"series": series}))
    return gaps
