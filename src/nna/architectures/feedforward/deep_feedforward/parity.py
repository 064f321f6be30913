"""The deep feedforward network beside torchvision's stack of layers, and scikit-learn's."""

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.feedforward.deep_feedforward.model import ACTIVATIONS, DeepFeedforward
from nna.architectures.feedforward.deep_feedforward.spec import VARIANTS
from nna.spec import Rename


def torchvision() -> dict[str, float]:
    """`torchvision.ops.MLP` at two sizes; the greater of the two differences."""
    reference.torchvision()
    from torchvision.ops import MLP

    gaps: dict[str, float] = {}
    for size in ("softsign", "deep"):
        config = VARIANTS[size].config
        torch.manual_seed(0)
        widths = [config.width] * config.depth + [config.classes]
        theirs = MLP(config.features, widths, activation_layer=ACTIVATIONS[config.activation])
        rules = [  # linear, activation and dropout in turn, the last pair without activation
            Rename(rf"^{3 * i}\.", f"body.{i}.linear.") for i in range(config.depth)
        ]
        rules.append(Rename(rf"^{3 * config.depth}\.", "head."))
        for parameter in theirs.parameters():
            if parameter.ndim > 1:
                nn.init.normal_(parameter, std=(2 / parameter.shape[1]) ** 0.5)
            else:
                nn.init.normal_(parameter, std=0.1)
        inputs = {"table": torch.randn(4, config.features)}
        found = agreement.modules(DeepFeedforward(config), theirs, inputs, rules)
        gaps = agreement.worst(gaps, found)
    return gaps


def equations() -> dict[str, float]:
    """Layer upon layer in NumPy, with each of the four activation functions."""
    activations = {
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "tanh": np.tanh,
        "softsign": lambda x: x / (1 + np.abs(x)),
        "relu": lambda x: np.maximum(x, 0),
    }
    gaps: dict[str, float] = {}
    for name, activation in activations.items():

        def naive(
            params: dict[str, np.ndarray], table: np.ndarray, activation=activation
        ) -> np.ndarray:
            x = table
            for i in range(4):
                weight, bias = (params[f"body.{i}.linear.{of}"] for of in ("weight", "bias"))
                x = activation(x @ weight.T + bias)
            return x @ params["head.weight"].T + params["head.bias"]

        torch.manual_seed(0)
        config = replace(VARIANTS["desk"].config, features=5, depth=4, width=6, classes=3)
        model = DeepFeedforward(replace(config, activation=name))
        agreement.unsettle(model)
        for parameter in model.parameters():  # so that rows are told apart after four layers
            parameter.data.mul_(3)
        inputs = {"table": torch.randn(4, 5, generator=torch.Generator().manual_seed(1))}
        gaps = agreement.worst(gaps, agreement.equations(model, naive, inputs))
    return gaps
