"""The denoising autoencoder against scikit-learn's perceptron and loops, its noise shared."""

import numpy as np
import torch
from sklearn.neural_network import MLPRegressor

from nna import agreement
from nna.architectures.autoencoders.denoising_autoencoder.model import DenoisingAutoencoder
from nna.architectures.autoencoders.denoising_autoencoder.objective import Corruption, Denoising
from nna.architectures.autoencoders.denoising_autoencoder.spec import Config
from nna.learning.base import Batch

SHAPES = (
    Config(features=7, code=12, activation="logistic"),
    Config(features=6, code=4, activation="relu"),
    Config(features=5, code=5, activation="linear"),
)
CORRUPTIONS: tuple[tuple[Corruption, float], ...] = (
    ("gaussian", 0.7),
    ("masking", 0.4),
    ("salt-and-pepper", 0.6),
)
BENT = {
    "linear": lambda a: a,
    "logistic": lambda a: 1 / (1 + np.exp(-a)),
    "relu": lambda a: max(a, 0.0),
}


def _built(config: Config) -> tuple[DenoisingAutoencoder, torch.Tensor]:
    torch.manual_seed(0)
    model = DenoisingAutoencoder(config)
    agreement.unsettle(model)
    return model, torch.randn(6, config.features)


def regressors() -> dict[str, float]:
    """Outputs against scikit-learn's MLPRegressor with one hidden layer."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        model, table = _built(config)
        net = MLPRegressor(
            hidden_layer_sizes=(config.code,),
            activation={"linear": "identity"}.get(config.activation, config.activation),
        )
        net.partial_fit(np.zeros((2, config.features)), np.zeros((2, config.features)))
        layers = (model.encoder, model.decoder)
        net.coefs_ = [layer.weight.detach().double().numpy().T for layer in layers]
        net.intercepts_ = [layer.bias.detach().double().numpy() for layer in layers]
        with torch.no_grad():
            found = {"outputs": agreement.gap(model(table), net.predict(table.numpy()))}
        gaps = agreement.worst(gaps, found)
    return gaps


def _naive(config: Config) -> agreement.Naive:
    def naive(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        rows = []
        for x in table:
            code = [
                BENT[config.activation](sum(w * a for w, a in zip(weights, x, strict=True)) + b)
                for weights, b in zip(params["encoder.weight"], params["encoder.bias"], strict=True)
            ]
            rows.append(params["decoder.weight"] @ code + params["decoder.bias"])
        return np.array(rows)

    return naive


def equations() -> dict[str, float]:
    """Outputs and gradients, unit by unit."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        model, table = _built(config)
        gaps = agreement.worst(gaps, agreement.equations(model, _naive(config), {"table": table}))
    return gaps


def _spoilt(x: np.ndarray, corruption: str, level: float, draws: np.ndarray) -> np.ndarray:
    """The corruption number by number, from Vincent and others (2010), section 3.3."""
    made = x.copy()
    for place in np.ndindex(x.shape):
        if corruption == "gaussian":
            made[place] = x[place] + level * draws[place]
        elif draws[place] < level:
            low_half = draws[place] < level / 2
            pepper = x.min() if low_half else x.max()
            made[place] = 0.0 if corruption == "masking" else pepper
    return made


def losses() -> dict[str, float]:
    """The loss, and its gradients by parameters, where both sides spoil by the same draws."""
    gaps: dict[str, float] = {}
    for config, (corruption, level) in zip(SHAPES, CORRUPTIONS, strict=True):
        model, table = _built(config)
        model, table = model.double(), table.double()
        torch.manual_seed(5)
        loss, _ = Denoising(corruption=corruption, level=level).loss(model, Batch({"table": table}))
        loss.backward()
        torch.manual_seed(5)
        draws = (torch.randn_like if corruption == "gaussian" else torch.rand_like)(table).numpy()
        spoilt = _spoilt(table.numpy(), corruption, level, draws)
        clean = table.numpy()
        params = {key: value.detach().numpy() for key, value in model.named_parameters()}

        def naive(
            params: dict[str, np.ndarray],
            config: Config = config,
            spoilt: np.ndarray = spoilt,
            clean: np.ndarray = clean,
        ) -> float:
            return float(((_naive(config)(params, spoilt) - clean) ** 2).mean())

        found = {"loss": agreement.gap(loss.detach().reshape(1), np.array([naive(params)]))}
        slopes = []
        for key, parameter in model.named_parameters():
            way = np.random.default_rng(3).standard_normal(parameter.shape)
            ends = [naive(params | {key: params[key] + t * way}) for t in (-1e-5, 1e-5)]
            assert parameter.grad is not None
            ours = float((parameter.grad.numpy() * way).sum())
            scale = float(parameter.grad.norm())
            slopes.append(
                {
                    "parameter gradients of the loss": agreement.gap(
                        ours, (ends[1] - ends[0]) / 2e-5, scale
                    )
                }
            )
        gaps = agreement.worst(gaps, found, *slopes)
    return gaps
