"""The sparse autoencoder and its loss, unit by unit; the penalty against torch.distributions."""

import numpy as np
import torch
from torch import distributions

from nna import agreement
from nna.architectures.autoencoders.sparse_autoencoder.model import SparseAutoencoder
from nna.architectures.autoencoders.sparse_autoencoder.objective import (
    SparseReconstruction,
    divergence,
)
from nna.architectures.autoencoders.sparse_autoencoder.spec import Config
from nna.learning.base import Batch

Parameters = dict[str, np.ndarray]

SHAPES = (Config(features=7, code=12, output="logistic"), Config(features=6, code=4))


def _built(config: Config) -> tuple[SparseAutoencoder, torch.Tensor]:
    torch.manual_seed(0)
    model = SparseAutoencoder(config)
    agreement.unsettle(model)
    return model, torch.randn(6, config.features)


def _logistic(a: float) -> float:
    return 1 / (1 + np.exp(-a))


def _layer(p: Parameters, name: str, x: list[float], bent: bool) -> list[float]:
    out = []
    for weights, bias in zip(p[f"{name}.0.weight"], p[f"{name}.0.bias"], strict=True):
        a = sum(w * v for w, v in zip(weights, x, strict=True)) + bias
        out.append(_logistic(a) if bent else a)
    return out


def _given(p: Parameters, x: np.ndarray, config: Config) -> tuple[list[float], list[float]]:
    """Code and reconstruction of one example."""
    code = _layer(p, "encoder", [*x], bent=True)
    return code, _layer(p, "decoder", code, bent=config.output == "logistic")


class _Both(torch.nn.Module):
    """Reconstruction and code side by side, as one thing that comes out."""

    def __init__(self, model: SparseAutoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        """`(b, d + k)`."""
        given = self.model(table)
        return torch.cat([given["output"], given["code"]], dim=1)


def equations() -> dict[str, float]:
    """Reconstructions, codes and gradients."""
    gaps: dict[str, float] = {}
    for config in SHAPES:

        def naive(p: Parameters, table: np.ndarray, config: Config = config) -> np.ndarray:
            own = {name.removeprefix("model."): of for name, of in p.items()}
            rows = [_given(own, x, config) for x in table]
            return np.array([[*out, *code] for code, out in rows])

        model, table = _built(config)
        gaps = agreement.worst(gaps, agreement.equations(_Both(model), naive, {"table": table}))
    return gaps


def _cost(p: Parameters, table: np.ndarray, config: Config, rho: float, beta: float) -> float:
    """J_sparse(W, b) of Ng (2011), section 3, without weight decay."""
    rows = [_given(p, x, config) for x in table]
    errors = [
        sum((o - v) ** 2 for o, v in zip(out, x, strict=True)) / 2
        for (_, out), x in zip(rows, table, strict=True)
    ]
    cost = sum(errors) / len(table)
    for unit in range(config.code):
        mean = sum(code[unit] for code, _ in rows) / len(table)
        cost += beta * (rho * np.log(rho / mean) + (1 - rho) * np.log((1 - rho) / (1 - mean)))
    return float(cost)


class _Loss(torch.nn.Module):
    """The objective's loss of a batch, as what comes out."""

    def __init__(self, model: SparseAutoencoder, aim: SparseReconstruction) -> None:
        super().__init__()
        self.model, self.aim = model, aim

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        """`(1,)`."""
        return self.aim.loss(self.model, Batch({"table": table}))[0][None]


def losses() -> dict[str, float]:
    """The loss and its gradients; the mean activation couples the examples of a batch."""
    gaps: dict[str, float] = {}
    for config, rho, beta in zip(SHAPES, (0.05, 0.3), (3.0, 0.5), strict=True):

        def naive(
            p: Parameters,
            table: np.ndarray,
            config: Config = config,
            rho: float = rho,
            beta: float = beta,
        ) -> np.ndarray:
            own = {name.removeprefix("model."): of for name, of in p.items()}
            return np.array([_cost(own, table, config, rho, beta)])

        model, table = _built(config)
        aim = SparseReconstruction(mean_activation=rho, sparsity_weight=beta)
        found = agreement.equations(_Loss(model, aim), naive, {"table": table})
        gaps = agreement.worst(gaps, {f"{name} of the loss": gap for name, gap in found.items()})
    return gaps


def divergences() -> dict[str, float]:
    """The penalty against the library's divergence of two coins, and its slope."""
    activity = torch.linspace(0.01, 0.99, 25, dtype=torch.float64).requires_grad_()
    other = activity.detach().clone().requires_grad_()
    wished = distributions.Bernoulli(torch.tensor(0.07, dtype=torch.float64))
    ours = divergence(0.07, activity)
    theirs = distributions.kl_divergence(wished, distributions.Bernoulli(other))
    (slope,) = torch.autograd.grad(ours.sum(), activity)
    (expected,) = torch.autograd.grad(theirs.sum(), other)
    return {
        "divergence": agreement.gap(ours, theirs),
        "its gradient": agreement.gap(slope, expected),
    }
