"""The echo state network beside its equations, unit by unit, and scikit-learn's ridge."""

import math

import numpy as np
import torch
from sklearn.linear_model import Ridge

from nna import agreement
from nna.architectures.recurrent.esn.model import ESN
from nna.architectures.recurrent.esn.objective import RidgeReadout
from nna.architectures.recurrent.esn.spec import Config
from nna.learning.base import Batch, Turn

LEAKS = (1.0, 0.3)


def _states(params: dict[str, np.ndarray], series: np.ndarray, leak: float) -> np.ndarray:
    w, u, b = params["weight_in"], params["weight"], params["bias"]
    states = []
    for example in series:
        state = [0.0] * len(b)
        for x in example:
            before = list(state)
            for k in range(len(b)):
                z = sum(w[k, i] * x[i] for i in range(len(x))) + b[k]
                z += sum(u[k, j] * before[j] for j in range(len(b)) if u[k, j])
                state[k] = (1 - leak) * before[k] + leak * math.tanh(z)
        states.append(state)
    return np.array(states)


def equations() -> dict[str, float]:
    """Outputs and gradients, then what is learnt of forty series, for units that leak or don't."""
    gaps: dict[str, float] = {}
    for leak in LEAKS:
        torch.manual_seed(0)
        config = Config(hidden=9, density=0.4, input_scale=0.8, leak=leak, channels=2, classes=3)
        model = ESN(config)
        agreement.unsettle(model)

        def naive(
            params: dict[str, np.ndarray], series: np.ndarray, leak: float = leak
        ) -> np.ndarray:
            states = _states(params, series, leak)
            return states @ params["linear.weight"].T + params["linear.bias"]

        found = agreement.equations(model, naive, {"series": torch.randn(2, 7, 2)})
        gaps = agreement.worst(gaps, found, _learnt(config))
    return gaps


def _learnt(config: Config) -> dict[str, float]:
    torch.manual_seed(1)
    model = ESN(config).double()
    x, y = torch.randn(40, 7, 2, dtype=torch.float64), torch.randn(40, 3, dtype=torch.float64)
    turn = Turn(lambda *_: None, 1.0, progress=0.0)
    RidgeReadout(alpha=0.1).step(model, {}, Batch({"series": x}, {"y": y}), turn)
    params = {name: value.numpy() for name, value in model.named_buffers()}
    h = _states(params, x.numpy(), config.leak)
    ridge = Ridge(alpha=0.1).fit(h, y.numpy())
    return {
        "learnt weights": agreement.gap(model.linear.weight, ridge.coef_),
        "learnt biases": agreement.gap(model.linear.bias, ridge.intercept_),
    }
