"""The adversarial autoencoder and its three losses in NumPy, draws of the prior shared."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from nna import agreement
from nna.architectures.autoencoders.aae.model import AAE
from nna.architectures.autoencoders.aae.objective import forgery, judgement, reconstruction
from nna.architectures.autoencoders.aae.spec import Config

Parameters = dict[str, np.ndarray]

SHAPES = (
    Config(features=6, code=2, hidden=(8, 5), discriminator_hidden=(7, 6), output="logistic"),
    Config(features=4, code=3, hidden=(6,), discriminator_hidden=(5,)),
)


def _built(config: Config) -> tuple[AAE, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    model = AAE(config)
    agreement.unsettle(model)
    return model, torch.randn(5, config.features), torch.randn(5, config.code)


def _layers(p: Parameters, name: str, depth: int, x: np.ndarray) -> np.ndarray:
    for layer in range(depth):
        weight, bias = (p[f"{name}.{2 * layer}.{of}"] for of in ("weight", "bias"))
        x = np.array([row @ x + b for row, b in zip(weight, bias, strict=True)])
        x = np.maximum(x, 0) if layer < depth - 1 else x
    return x


def _coded(p: Parameters, x: np.ndarray, config: Config) -> np.ndarray:
    return _layers(p, "autoencoder.encoder", len(config.hidden) + 1, x)


def _back(p: Parameters, code: np.ndarray, config: Config) -> np.ndarray:
    out = _layers(p, "autoencoder.decoder", len(config.hidden) + 1, code)
    return 1 / (1 + np.exp(-out)) if config.output == "logistic" else out


def _probability(p: Parameters, code: np.ndarray, config: Config) -> float:
    """D(z): that a code was drawn from the prior."""
    logit = _layers(p, "discriminator", len(config.discriminator_hidden) + 1, code)[0]
    return float(1 / (1 + np.exp(-logit)))


def equations() -> dict[str, float]:
    """What is given back, and gradients; the discriminator has no part in it."""
    gaps: dict[str, float] = {}
    for config in SHAPES:

        def naive(p: Parameters, table: np.ndarray, config: Config = config) -> np.ndarray:
            return np.array([_back(p, _coded(p, x, config), config) for x in table])

        model, table, _ = _built(config)
        found = agreement.equations(model, naive, {"table": table}, ("discriminator",))
        gaps = agreement.worst(gaps, found)
    return gaps


class _Loss(nn.Module):
    """One of the losses, as what comes out."""

    def __init__(self, model: AAE, loss: Callable[..., torch.Tensor]) -> None:
        super().__init__()
        self.model, self.loss = model, loss

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        """`(1,)`, of examples or of draws of the prior."""
        return self.loss(self.model, given)[None]


def losses() -> dict[str, float]:
    """Error, judgement and forgery with their gradients; codes are constants of the judgement."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        model, table, prior = _built(config)
        codes = model.encoder(table).detach()
        held = codes.double().numpy()

        def error(p: Parameters, given: np.ndarray, config: Config = config) -> np.ndarray:
            back = [_back(own := _own(p), _coded(own, x, config), config) - x for x in given]
            return np.array([np.mean(np.square(back))])

        def judged(
            p: Parameters, given: np.ndarray, config: Config = config, held: np.ndarray = held
        ) -> np.ndarray:
            real = [-np.log(_probability(_own(p), z, config)) for z in given]
            forged = [-np.log(1 - _probability(_own(p), z, config)) for z in held]
            return np.array([np.mean(real) + np.mean(forged)])

        def forged(p: Parameters, given: np.ndarray, config: Config = config) -> np.ndarray:
            own = _own(p)
            sure = [_probability(own, _coded(own, x, config), config) for x in given]
            return np.array([-np.mean(np.log(sure))])

        def judging(of: AAE, prior: torch.Tensor, codes: torch.Tensor = codes) -> torch.Tensor:
            return judgement(of, prior, codes.to(prior))

        for loss, naive, given, silent in (
            (reconstruction, error, table, "discriminator"),
            (judging, judged, prior, "autoencoder"),
            (forgery, forged, table, "decoder"),
        ):
            found = agreement.equations(_Loss(model, loss), naive, {"given": given}, (silent,))
            gaps = agreement.worst(gaps, {f"{of} of the losses": gap for of, gap in found.items()})
    return gaps


def _own(p: Parameters) -> Parameters:
    return {name.removeprefix("model."): of for name, of in p.items()}
