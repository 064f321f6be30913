"""The zip-code network against section 3 written out unit by unit."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.convolutional.lenet_1989.model import ZipCodeNet
from nna.architectures.convolutional.lenet_1989.spec import Config


def printed() -> dict[str, float]:
    """The paper's size, with biases that are not zero."""
    torch.manual_seed(0)
    model = ZipCodeNet(Config())
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.3)
        else:  # so large that the pictures are heard at the end
            parameter.data.mul_(3)
    return agreement.equations(model, _naive, {"image": torch.randn(2, 1, 16, 16)})


def _naive(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    wheel = [[(j + i) % 12 for i in range(8)] for j in range(12)]
    scores = []
    for picture in image:
        h1 = _maps(picture, p["body.h1.weight"], p["body.h1.bias"], [[0]] * 12)
        h2 = _maps(h1, p["body.h2.weight"], p["body.h2.bias"], wheel)
        h3 = _activation(p["h3.0.weight"] @ h2.reshape(-1) + p["h3.0.bias"])
        scores.append(_activation(p["head.0.weight"] @ h3 + p["head.0.bias"]))
    return np.stack(scores)


def _maps(
    below: np.ndarray, weight: np.ndarray, bias: np.ndarray, table: list[list[int]]
) -> np.ndarray:
    """Each unit is a sum over the 5x5 neighbourhood of the place it stands for."""
    out = np.array(bias)
    rimmed = np.pad(below, ((0, 0), (2, 2), (2, 2)), constant_values=-1.0)
    for unit in np.ndindex(*out.shape):
        j, row, column = unit
        for i, source in enumerate(table[j]):
            seen = rimmed[source, 2 * row : 2 * row + 5, 2 * column : 2 * column + 5]
            out[unit] += np.vdot(weight[j, i], seen)
    return _activation(out)


def _activation(a: np.ndarray) -> np.ndarray:
    return 1.7159 * np.tanh(a * 2 / 3)
