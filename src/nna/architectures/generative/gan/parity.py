"""Both players against loops over their definitions."""

import numpy as np
import torch
from torch import nn

from nna import agreement
from nna.architectures.generative.gan.model import GAN
from nna.architectures.generative.gan.spec import Config

SHAPES = (
    Config(
        noise=3,
        features=4,
        hidden=(6, 5),
        discriminator_hidden=(5, 4),
        maxout_pieces=3,
        output="logistic",
    ),
    Config(
        noise=2, features=3, hidden=(7,), discriminator_hidden=(6,), maxout_pieces=2, dropout=0.5
    ),
)


def _built(config: Config) -> GAN:
    """Seeded, with biases that differ from zero."""
    torch.manual_seed(0)
    model = GAN(config)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(parameter)
    return model


def _affine(weight: np.ndarray, bias: np.ndarray, x: list[float]) -> list[float]:
    return [sum(weight[j, i] * x[i] for i in range(len(x))) + bias[j] for j in range(len(bias))]


def generator() -> dict[str, float]:
    """Samples: a rectifier after each layer but the last, then a logistic if asked for."""
    gaps: dict[str, float] = {}
    for config in SHAPES:

        def naive(
            parameters: dict[str, np.ndarray], noise: np.ndarray, config: Config = config
        ) -> np.ndarray:
            rows = []
            for x in noise.tolist():
                for layer in range(len(config.hidden) + 1):
                    name = f"generator.{2 * layer}"
                    x = _affine(parameters[f"{name}.weight"], parameters[f"{name}.bias"], x)
                    if layer < len(config.hidden):
                        x = [max(a, 0.0) for a in x]
                    elif config.output == "logistic":
                        x = [1 / (1 + np.exp(-a)) for a in x]
                rows.append(x)
            return np.array(rows)

        noise = torch.randn(4, config.noise, generator=torch.Generator().manual_seed(1))
        found = agreement.equations(_built(config), naive, {"noise": noise}, ("discriminator",))
        gaps = agreement.worst(gaps, found)
    return gaps


def discriminator() -> dict[str, float]:
    """Log-odds: each hidden unit is the greatest of its affine pieces."""
    gaps: dict[str, float] = {}
    for config in SHAPES:

        def naive(
            parameters: dict[str, np.ndarray], input: np.ndarray, config: Config = config
        ) -> np.ndarray:
            rows = []
            for x in input.tolist():
                for layer, units in enumerate(config.discriminator_hidden):
                    name = f"{2 * layer}.pieces"
                    all_pieces = _affine(
                        parameters[f"{name}.weight"], parameters[f"{name}.bias"], x
                    )
                    x = [
                        max(
                            all_pieces[unit * config.maxout_pieces + j]
                            for j in range(config.maxout_pieces)
                        )
                        for unit in range(units)
                    ]
                name = str(2 * len(config.discriminator_hidden))
                rows.append(_affine(parameters[f"{name}.weight"], parameters[f"{name}.bias"], x))
            return np.array(rows)

        table = torch.randn(4, config.features, generator=torch.Generator().manual_seed(2))
        found = agreement.equations(_built(config).discriminator, naive, {"input": table})
        gaps = agreement.worst(gaps, found)
    return gaps
