"""The Siamese branch beside its equations, and beside scikit-learn's network on every window."""

from math import sqrt, tanh

import numpy as np
import torch
from sklearn.neural_network import MLPRegressor

from nna import agreement
from nna.architectures.feedforward.siamese.model import Siamese
from nna.architectures.feedforward.siamese.spec import VARIANTS, Config


def equations() -> dict[str, float]:
    """Every unit sums the steps and channels that it sees, one number after the other."""
    config = Config(channels=2, steps=11, widths=(3, 4), kernels=(4, 2), stride=2)

    def naive(params: dict[str, np.ndarray], series: np.ndarray) -> np.ndarray:
        return np.array([_branch(params, x, config) for x in series])

    torch.manual_seed(0)
    model = Siamese(config)
    agreement.unsettle(model)
    series = torch.randn(3, 11, 2, generator=torch.Generator().manual_seed(1))
    return agreement.equations(model, naive, {"series": series})


def _branch(params: dict[str, np.ndarray], x: np.ndarray, config: Config) -> list[float]:
    maps = x.T.tolist()  # channels of steps
    for i, kernel in enumerate(config.kernels):
        weight, bias = params[f"body.{i}.window.weight"], params[f"body.{i}.window.bias"]
        starts = range(0, len(maps[0]) - kernel + 1, config.stride)
        maps = [
            [
                tanh(
                    bias[unit]
                    + sum(
                        weight[unit, channel, step] * maps[channel][start + step]
                        for channel in range(len(maps))
                        for step in range(kernel)
                    )
                )
                for start in starts
            ]
            for unit in range(len(bias))
        ]
    numbers = [number for one in maps for number in one]
    length = sqrt(sum(number**2 for number in numbers))
    return [number / length for number in numbers]


def windows() -> dict[str, float]:
    """At both sizes: a time-delay layer is one perceptron, asked about every window in turn."""
    gaps: dict[str, float] = {}
    for variant in VARIANTS.values():
        torch.manual_seed(0)
        model = Siamese(variant.config)
        agreement.unsettle(model)
        series = torch.randn(2, variant.config.steps, variant.config.channels)
        given = series.transpose(1, 2).numpy().astype(np.float64)
        for kernel, layer in zip(variant.config.kernels, model.body, strict=True):
            window = layer.get_submodule("window")
            weight, bias = (p.detach().double().numpy() for p in window.parameters())
            seen = np.lib.stride_tricks.sliding_window_view(given, kernel, axis=2)
            seen = seen[:, :, :: variant.config.stride].transpose(0, 2, 1, 3)
            rows = seen.reshape(-1, weight[0].size)
            said = np.asarray(_perceptron(weight, bias).predict(rows))
            given = said.reshape(*seen.shape[:2], len(bias)).transpose(0, 2, 1)
        ours = model(series).detach().double().numpy()
        theirs = given.reshape(len(given), -1)
        theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
        gaps = agreement.worst(gaps, {"outputs": agreement.gap(ours, theirs)})
    return gaps


def _perceptron(weight: np.ndarray, bias: np.ndarray) -> MLPRegressor:
    """Scikit-learn's network with our weights: tanh units, each passed on as it is."""
    units, size = len(bias), weight[0].size
    net = MLPRegressor(hidden_layer_sizes=(units,), activation="tanh", solver="sgd")
    net.partial_fit(np.zeros((2, size)), np.eye(2, units))
    net.coefs_ = [weight.reshape(units, size).T, np.eye(units)]
    net.intercepts_ = [bias, np.zeros(units)]
    return net
