"""S4D a second time: discretised by SciPy, then step by step, channel by channel."""

import math
from typing import Any

import numpy as np
import torch
from scipy import signal, special

from nna import agreement
from nna.architectures.recurrent.s4d.model import S4D
from nna.architectures.recurrent.s4d.spec import Config


def _channel(params: dict[str, np.ndarray], at: str, h: int, u: np.ndarray) -> np.ndarray:
    """What one channel's system answers, in complex numbers and both of each pair."""
    a = -np.exp(params[f"{at}.log_a_real"][:, h]) + 1j * params[f"{at}.a_imag"][:, h]
    c = params[f"{at}.c"][:, h, 0] + 1j * params[f"{at}.c"][:, h, 1]
    a, c = np.concatenate([a, a.conj()]), np.concatenate([c, c.conj()])
    matrices = (np.diag(a), np.ones((len(a), 1)), c[None], params[f"{at}.d"][None, h : h + 1])
    dt = float(np.exp(params[f"{at}.log_dt"][h]))
    found: Any = signal.cont2discrete(matrices, dt, method="zoh")
    kept, written, shown, through, _ = found
    x, answers = np.zeros((len(a), 1), complex), []
    for value in u:
        x = kept @ x + written * value
        answers.append((shown @ x + through * value)[0, 0])
    told: Any = np.array(answers)
    assert (np.abs(told.imag) < 1e-9).all()  # pairs of conjugates add up to real numbers
    return told.real


def _block(params: dict[str, np.ndarray], at: str, x: np.ndarray) -> np.ndarray:
    centred = x - x.mean(1, keepdims=True)
    normed = centred / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
    normed = normed * params[f"{at}.norm.weight"] + params[f"{at}.norm.bias"]
    y = np.stack(
        [_channel(params, f"{at}.ssm", h, normed[:, h]) for h in range(x.shape[1])], axis=1
    )
    y = y * (1 + special.erf(y / math.sqrt(2))) / 2
    mixed = y @ params[f"{at}.mix.weight"].T + params[f"{at}.mix.bias"]
    value, gate = np.split(mixed, 2, axis=1)
    return x + value * special.expit(gate)


def _naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
    layers = sum(name.endswith("log_dt") for name in params)
    scores = []
    for example in series:
        x = example @ params["encoder.weight"].T + params["encoder.bias"]
        for number in range(layers):
            x = _block(params, f"blocks.{number}", x)
        scores.append(params["head.weight"] @ x.mean(0) + params["head.bias"])
    return np.array(scores)


def recurrence() -> dict[str, float]:
    """Outputs and gradients of the convolution against loops over steps, two sizes."""
    gaps: dict[str, float] = {}
    for channels, hidden, states, layers, steps in ((3, 4, 4, 1, 12), (1, 3, 2, 2, 7)):
        torch.manual_seed(0)
        config = Config(channels=channels, hidden=hidden, states=states, layers=layers, classes=4)
        model = S4D(config)
        agreement.unsettle(model)
        found = agreement.equations(model, _naive, {"series": torch.randn(2, steps, channels)})
        gaps = agreement.worst(gaps, found)
    return gaps
