"""The variational autoencoder and its bound once more, in loops, the noise shared."""

import numpy as np
import torch
from torch import distributions

from nna import agreement
from nna.architectures.autoencoders.vae.model import VAE
from nna.architectures.autoencoders.vae.objective import ELBO, divergence, log_likelihood
from nna.architectures.autoencoders.vae.spec import Config
from nna.learning.base import Batch

SHAPES = (
    (Config(features=6, hidden=(8, 5), code=3, output="logistic"), 1.0, 1.0),
    (Config(features=5, hidden=(7,), code=2, activation="relu"), 4.0, 0.3),
)  # beside them beta and the deviation


def _built(config: Config) -> tuple[VAE, torch.Tensor]:
    torch.manual_seed(0)
    model = VAE(config)
    agreement.unsettle(model)
    return model, torch.rand(5, config.features)


def _bent(params: dict[str, np.ndarray], name: str, x: np.ndarray, config: Config) -> np.ndarray:
    for layer in range(len(config.hidden)):
        x = params[f"{name}.{2 * layer}.weight"] @ x + params[f"{name}.{2 * layer}.bias"]
        x = np.tanh(x) if config.activation == "tanh" else np.maximum(x, 0)
    return x


def _codes(params: dict[str, np.ndarray], x: np.ndarray, config: Config) -> list[np.ndarray]:
    hidden = _bent(params, "encoder", x, config)
    return [params[f"{h}.weight"] @ hidden + params[f"{h}.bias"] for h in ("mean", "log_var")]


def _decoded(params: dict[str, np.ndarray], code: np.ndarray, config: Config) -> np.ndarray:
    last, hidden = 2 * len(config.hidden), _bent(params, "decoder", code, config)
    return params[f"decoder.{last}.weight"] @ hidden + params[f"decoder.{last}.bias"]


def equations() -> dict[str, float]:
    """What is given back, and gradients; the variances have no part in it."""
    gaps: dict[str, float] = {}
    for config, _, _ in SHAPES:

        def naive(
            params: dict[str, np.ndarray], table: np.ndarray, config: Config = config
        ) -> np.ndarray:
            rows = [_decoded(params, _codes(params, x, config)[0], config) for x in table]
            out = np.array(rows)
            return 1 / (1 + np.exp(-out)) if config.output == "logistic" else out

        model, table = _built(config)
        found = agreement.equations(model, naive, {"table": table}, ("log_var",))
        gaps = agreement.worst(gaps, found)
    return gaps


def _bound(  # noqa: PLR0913 - what the bound hangs on
    params: dict[str, np.ndarray],
    table: np.ndarray,
    eps: np.ndarray,
    config: Config,
    beta: float,
    deviation: float,
) -> float:
    """Minus the bound, example by example and number by number."""
    total = 0.0
    for x, noise in zip(table, eps, strict=True):
        mean, log_var = _codes(params, x, config)
        out = _decoded(params, mean + np.sqrt(np.exp(log_var)) * noise, config)
        for given, value in zip(out, x, strict=True):
            if config.output == "logistic":
                on = 1 / (1 + np.exp(-given))
                total -= value * np.log(on) + (1 - value) * np.log(1 - on)
            else:
                bell = np.exp(-((value - given) ** 2) / (2 * deviation**2))
                total -= np.log(bell / np.sqrt(2 * np.pi * deviation**2))
        for m, v in zip(mean, np.exp(log_var), strict=True):
            total += beta * (v + m**2 - 1 - np.log(v)) / 2
    return total / len(table)


def bound() -> dict[str, float]:
    """The loss and its gradients by every parameter, under the same noise."""
    gaps: dict[str, float] = {}
    for config, beta, deviation in SHAPES:
        model, table = _built(config)
        model, table = model.double(), table.double()
        torch.manual_seed(5)
        loss, _ = ELBO(beta=beta, deviation=deviation).loss(model, Batch({"table": table}))
        loss.backward()
        torch.manual_seed(5)
        eps = torch.randn(len(table), config.code, dtype=torch.float64).numpy()
        params = {key: value.detach().numpy() for key, value in model.named_parameters()}
        known = (table.numpy(), eps, config, beta, deviation)
        slopes = []
        for key, parameter in model.named_parameters():
            way = np.random.default_rng(3).standard_normal(parameter.shape)
            ends = [_bound(params | {key: params[key] + t * way}, *known) for t in (-1e-5, 1e-5)]
            assert parameter.grad is not None
            ours, scale = float((parameter.grad.numpy() * way).sum()), float(parameter.grad.norm())
            assert scale > 0, f"vacuous: no gradient reaches {key}"
            slopes.append(
                {
                    "parameter gradients of the loss": agreement.gap(
                        ours, (ends[1] - ends[0]) / 2e-5, scale
                    )
                }
            )
        found = {
            "loss": agreement.gap(loss.detach().reshape(1), np.array([_bound(params, *known)])),
        }
        gaps = agreement.worst(gaps, found, *slopes)
    return gaps


def closed_forms() -> dict[str, float]:
    """Divergence and log-likelihoods against torch.distributions."""
    torch.manual_seed(0)
    mean, log_var, x, out = torch.randn(4, 20, 7, dtype=torch.float64).unbind()
    prior = distributions.Normal(torch.zeros(7).double(), torch.ones(7).double())
    code = distributions.Normal(mean, (0.5 * log_var).exp())
    coins, bells = distributions.Bernoulli(logits=out), distributions.Normal(out, 0.3)
    bits = (x > 0).double()
    pairs = {
        "divergence": (divergence(mean, log_var), distributions.kl_divergence(code, prior)),
        "log-likelihood of coins": (
            log_likelihood(bits, out, "logistic", 1.0),
            coins.log_prob(bits),
        ),
        "log-likelihood of Gaussians": (log_likelihood(x, out, "linear", 0.3), bells.log_prob(x)),
    }
    return {name: agreement.gap(ours, theirs.sum(1)) for name, (ours, theirs) in pairs.items()}
