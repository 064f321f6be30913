"""LeNet-1 against section 4 written out in loops."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.convolutional.lenet1.model import LeNet1
from nna.architectures.convolutional.lenet1.spec import Config

COLUMNS = ("0", "01", "01", "01", "01", "1", "2", "23", "23", "23", "23", "3")  # of table 1


def printed() -> dict[str, float]:
    """The paper's size, with biases that are not zero and weights of means that differ."""
    torch.manual_seed(0)
    model = LeNet1(Config())
    agreement.unsettle(model)
    return agreement.equations(model, _naive, {"image": torch.randn(2, 1, 28, 28)})


def _naive(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for picture in image:
        w, b = p["body.h1.0.weight"], p["body.h1.0.bias"]
        h1 = _activation(np.stack([_correlate(picture[0], w[i, 0]) + b[i] for i in range(4)]))
        h2 = _average(h1, p["body.h2.0.weight"], p["body.h2.0.bias"])
        kernels = iter(p["body.h3.0.weight"][:, 0])
        h3 = np.stack(
            [
                sum(_correlate(h2[int(source)], next(kernels)) for source in sources)
                for sources in COLUMNS
            ]
        )
        h3 = _activation(h3 + p["body.h3.0.bias"])
        h4 = _average(h3, p["body.h4.0.weight"], p["body.h4.0.bias"])
        scores.append(_activation(p["head.0.weight"] @ h4.reshape(-1) + p["head.0.bias"]))
    return np.stack(scores)


def _correlate(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    side = len(x) - 4
    out = np.zeros((side, side))
    for row, column in np.ndindex(side, side):
        out[row, column] = (x[row : row + 5, column : column + 5] * kernel).sum()
    return out


def _average(maps: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    sums = maps[:, 0::2, 0::2] + maps[:, 0::2, 1::2] + maps[:, 1::2, 0::2] + maps[:, 1::2, 1::2]
    return _activation(weight * sums + bias)


def _activation(a: np.ndarray) -> np.ndarray:
    return 1.7159 * np.tanh(a * 2 / 3)
