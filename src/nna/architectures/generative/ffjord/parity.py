"""The flow and its density once more, Jacobians multiplied out in NumPy, and by one determinant."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.generative.ffjord.model import FFJORD
from nna.architectures.generative.ffjord.spec import Config

Parameters = dict[str, np.ndarray]

CONFIG = Config(features=3, hidden=(5, 4), solver_steps=2)
FINE = Config(features=3, hidden=(5, 4), solver_steps=60)  # so many that the solver's error is gone


def _built(config: Config) -> tuple[FFJORD, torch.Tensor]:
    torch.manual_seed(0)
    model = FFJORD(config)
    agreement.unsettle(model)
    return model, torch.randn(4, config.features)


def _velocity(p: Parameters, t: float, z: np.ndarray) -> tuple[np.ndarray, float]:
    """The velocity of one point, and the trace of the field's Jacobian there."""
    jacobian, last = np.eye(len(z)), len(CONFIG.hidden)
    for layer in range(last + 1):
        weight, bias = (p[f"dynamics.layers.{layer}.{of}"] for of in ("weight", "bias"))
        if layer:
            jacobian = (1 / (1 + np.exp(-z)))[:, None] * jacobian
            z = np.log1p(np.exp(z))
        z, jacobian = weight[:, 0] * t + weight[:, 1:] @ z + bias, weight[:, 1:] @ jacobian
    return z, float(np.trace(jacobian))


def _arrived(p: Parameters, x: np.ndarray) -> tuple[np.ndarray, float]:
    """Where one point is at time 1, and the integral of the trace on its way."""
    h, change = 1 / CONFIG.solver_steps, 0.0
    for i in range(CONFIG.solver_steps):
        a, ta = _velocity(p, i * h, x)
        b, tb = _velocity(p, (i + 0.5) * h, x + 0.5 * h * a)
        c, tc = _velocity(p, (i + 0.5) * h, x + 0.5 * h * b)
        d, td = _velocity(p, (i + 1) * h, x + h * c)
        x = x + h * (a / 6 + b / 3 + c / 3 + d / 6)
        change += h * (ta / 6 + tb / 3 + tc / 3 + td / 6)
    return x, change


def equations() -> dict[str, float]:
    """Where examples arrive, and gradients."""
    model, table = _built(CONFIG)

    def naive(p: Parameters, table: np.ndarray) -> np.ndarray:
        return np.stack([_arrived(p, x)[0] for x in table])

    return agreement.equations(model, naive, {"table": table})


class Density(torch.nn.Module):
    """The log-density as what comes out."""

    def __init__(self, flow: FFJORD) -> None:
        super().__init__()
        self.flow = flow

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        """`(b, 1)`."""
        return self.flow.log_density(table)[:, None]


def density() -> dict[str, float]:
    """Log-densities with the exact trace, and gradients: what maximum likelihood descends."""
    model, table = _built(CONFIG)

    def naive(p: Parameters, table: np.ndarray) -> np.ndarray:
        own = {name.removeprefix("flow."): value for name, value in p.items()}
        rows = []
        for x in table:
            z, change = _arrived(own, x)
            rows.append([change - 0.5 * z @ z - 0.5 * len(z) * np.log(2 * np.pi)])
        return np.array(rows)

    return agreement.equations(Density(model), naive, {"table": table})


def determinant() -> dict[str, float]:
    """The change of variables of the whole map, whatever happens on the way."""
    model, table = _built(FINE)
    model, table = model.double(), table.double()
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: model(x[None])[0]))(table)
    normal = torch.distributions.Normal(0.0, 1.0).log_prob(model(table)).sum(1)
    whole = normal + torch.linalg.slogdet(jacobians).logabsdet
    return {"log-density": agreement.gap(model.log_density(table), whole)}
