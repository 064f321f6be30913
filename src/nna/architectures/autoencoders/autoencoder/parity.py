"""The autoencoder against scikit-learn's perceptrons, and against loops over the definitions."""

import numpy as np
import torch
from sklearn.neural_network import MLPRegressor
from torch import nn

from nna import agreement
from nna.architectures.autoencoders.autoencoder.model import Autoencoder
from nna.architectures.autoencoders.autoencoder.spec import Config

SHAPES = (
    Config(features=9, hidden=(12, 7), code=3, output="logistic"),
    Config(features=9, hidden=(6,), code=4, activation="relu"),
    Config(features=9, code=2),
)


def _built(config: Config) -> Autoencoder:
    """Seeded, with biases that differ from zero."""
    torch.manual_seed(0)
    model = Autoencoder(config)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(parameter)
        else:  # so that what a row says is heard after five layers
            nn.init.normal_(parameter, std=2 * parameter.shape[1] ** -0.5)
    return model


def _regressor(half: nn.Sequential, activation: str, output: str) -> MLPRegressor:
    """A scikit-learn network with the weights of an encoder or a decoder."""
    affine = [layer for layer in half if isinstance(layer, nn.Linear)]
    hidden = tuple(layer.out_features for layer in affine[:-1])
    net = MLPRegressor(hidden_layer_sizes=hidden, activation=activation)
    net.partial_fit(np.zeros((2, affine[0].in_features)), np.zeros((2, affine[-1].out_features)))
    net.coefs_ = [layer.weight.detach().double().numpy().T for layer in affine]
    net.intercepts_ = [layer.bias.detach().double().numpy() for layer in affine]
    net.out_activation_ = {"linear": "identity"}.get(output, output)
    return net


def regressors() -> dict[str, float]:
    """Two regressors, one after the other: a single one would put it on the code, too."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        model, table = _built(config), torch.randn(20, config.features)
        codes = _regressor(model.encoder, config.activation, "linear").predict(table.numpy())
        decoder = _regressor(model.decoder, config.activation, config.output)
        expected = decoder.predict(codes)
        with torch.no_grad():
            ours = {"codes": model.encoder(table).numpy(), "outputs": model(table).numpy()}
        found = {}
        for quantity, values in (("codes", codes), ("outputs", expected)):
            found[quantity] = agreement.gap(ours[quantity], values)
        gaps = agreement.worst(gaps, found)
    return gaps


def equations() -> dict[str, float]:
    """Reconstructions, unit by unit, and their gradient."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        table = torch.randn(4, config.features, generator=torch.Generator().manual_seed(1))
        found = agreement.equations(_built(config), _naive(config), {"table": table})
        gaps = agreement.worst(gaps, found)
    return gaps


def _naive(config: Config) -> agreement.Naive:
    activation = {
        "linear": lambda a: a,
        "logistic": lambda a: 1 / (1 + np.exp(-a)),
        "relu": lambda a: max(a, 0.0),
    }

    def half(parameters, name, x, last):
        depth = len(config.hidden) + 1
        for layer in range(depth):
            weight = parameters[f"{name}.{2 * layer}.weight"]
            bias = parameters[f"{name}.{2 * layer}.bias"]
            act = activation[last if layer == depth - 1 else config.activation]
            x = [
                act(sum(weight[j, i] * x[i] for i in range(len(x))) + bias[j])
                for j in range(len(bias))
            ]
        return x

    def naive(parameters: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        rows = []
        for example in table:
            code = half(parameters, "encoder", list(example), "linear")
            rows.append(half(parameters, "decoder", code, config.output))
        return np.array(rows)

    return naive
