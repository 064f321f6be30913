"""The contractive autoencoder and its loss in loops, and its penalty by the whole Jacobian."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.autoencoders.contractive_autoencoder.model import ContractiveAutoencoder
from nna.architectures.autoencoders.contractive_autoencoder.objective import Contractive
from nna.architectures.autoencoders.contractive_autoencoder.spec import Config
from nna.learning.base import Batch

Parameters = dict[str, np.ndarray]

SHAPES = (
    Config(features=5, code=7),
    Config(features=6, code=4, output="linear"),
    Config(features=4, code=5, activation="linear", output="linear"),
)
WEIGHTS = (0.7, 0.1, 2.0)  # lambda with each


def _built(config: Config) -> tuple[ContractiveAutoencoder, torch.Tensor]:
    torch.manual_seed(0)
    model = ContractiveAutoencoder(config)
    agreement.unsettle(model)
    return model, torch.rand(5, config.features)


def _code(p: Parameters, x: np.ndarray, config: Config) -> np.ndarray:
    a = np.array(
        [w @ x + b for w, b in zip(p["encoder.0.weight"], p["encoder.0.bias"], strict=True)]
    )
    return 1 / (1 + np.exp(-a)) if config.activation == "logistic" else a


def _back(p: Parameters, code: np.ndarray, config: Config) -> np.ndarray:
    out = p["bias"].copy()
    for unit, weights in zip(code, p["encoder.0.weight"], strict=True):
        out = out + unit * weights
    return 1 / (1 + np.exp(-out)) if config.output == "logistic" else out


class _Both(torch.nn.Module):
    """Reconstruction and code side by side, as one thing that comes out."""

    def __init__(self, model: ContractiveAutoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        """`(b, d + k)`."""
        given = self.model(table)
        return torch.cat([given["output"], given["code"]], dim=1)


def _own(p: Parameters) -> Parameters:
    return {name.removeprefix("model."): of for name, of in p.items()}


def equations() -> dict[str, float]:
    """Reconstructions, codes and gradients."""
    gaps: dict[str, float] = {}
    for config in SHAPES:

        def naive(p: Parameters, table: np.ndarray, config: Config = config) -> np.ndarray:
            codes = [_code(_own(p), x, config) for x in table]
            return np.array([[*_back(_own(p), code, config), *code] for code in codes])

        model, table = _built(config)
        gaps = agreement.worst(gaps, agreement.equations(_Both(model), naive, {"table": table}))
    return gaps


def _jacobian(p: Parameters, code: np.ndarray, config: Config) -> np.ndarray:
    """Derivative of every number of the code by every number of the example."""
    logistic, found = config.activation == "logistic", np.zeros_like(p["encoder.0.weight"])
    for j, i in np.ndindex(found.shape):
        slope = code[j] * (1 - code[j]) if logistic else 1.0
        found[j, i] = slope * p["encoder.0.weight"][j, i]
    return found


def _cost(p: Parameters, table: np.ndarray, config: Config, weight: float) -> float:
    """J_CAE of Rifai (2011), equation 6, as a mean over examples."""
    total = 0.0
    for x in table:
        code = _code(p, x, config)
        out = _back(p, code, config)
        if config.output == "logistic":
            total -= (x * np.log(out) + (1 - x) * np.log(1 - out)).sum()
        else:
            total += ((x - out) ** 2).sum()
        total += weight * (_jacobian(p, code, config) ** 2).sum()
    return float(total / len(table))


class _Loss(torch.nn.Module):
    """The objective's loss of a batch, as what comes out."""

    def __init__(self, model: ContractiveAutoencoder, aim: Contractive) -> None:
        super().__init__()
        self.model, self.aim = model, aim

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        """`(1,)`."""
        return self.aim.loss(self.model, Batch({"table": table}))[0][None]


def losses() -> dict[str, float]:
    """The loss and its gradients, which pass through the penalty."""
    gaps: dict[str, float] = {}
    for config, weight in zip(SHAPES, WEIGHTS, strict=True):

        def naive(
            p: Parameters, table: np.ndarray, config: Config = config, weight: float = weight
        ) -> np.ndarray:
            return np.array([_cost(_own(p), table, config, weight)])

        model, table = _built(config)
        loss = _Loss(model, Contractive(weight=weight))
        found = agreement.equations(loss, naive, {"table": table})
        gaps = agreement.worst(gaps, {f"{name} of the loss": gap for name, gap in found.items()})
    return gaps


def jacobians() -> dict[str, float]:
    """The penalty, and its gradients by weights and examples, without the closed form."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        model, table = _built(config)
        model, table = model.double(), table.double().requires_grad_()
        whole = torch.func.vmap(torch.func.jacrev(lambda x, of=model: of.encoder(x[None])[0]))
        penalties = (model.contraction(model.encoder(table)), whole(table).square().sum((1, 2)))
        by = {"weight": model.weight}
        if config.activation == "logistic":  # a linear code's Jacobian is the same everywhere
            by |= {"bias": model.encoder.get_parameter("0.bias"), "input": table}
        ours, theirs = (torch.autograd.grad(of.sum(), [*by.values()]) for of in penalties)
        found = {"norm of the Jacobian": agreement.gap(*penalties)}
        for name, one, other in zip(by, ours, theirs, strict=True):
            found[f"its {name} gradients"] = agreement.gap(one, other)
        gaps = agreement.worst(gaps, found)
    return gaps
