"""Network in Network against a perceptron moved from place to place, in NumPy."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.convolutional.nin.model import NetworkInNetwork
from nna.architectures.convolutional.nin.spec import Config


def printed() -> dict[str, float]:
    """Three micro networks of different depths and kernels."""
    torch.manual_seed(0)
    config = Config(
        widths=((5, 4), (4, 3, 3), (4,)), kernels=(5, 5, 3), dropout=0.5, channels=2, classes=3
    )
    model = NetworkInNetwork(config)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, mean=0.1, std=0.3)
    return agreement.equations(model, _naive, {"image": torch.randn(2, 2, 13, 10)})


def _naive(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        x = _pool(_slide(p, "body.0", x, layers=2))
        x = _pool(_slide(p, "body.3", x, layers=3))
        last = _slide(p, "body.6", x, layers=1)
        weight, bias = p["body.7.weight"][:, :, 0, 0], p["body.7.bias"]
        maps = [
            np.sum([w * one for w, one in zip(row, last, strict=True)], axis=0) for row in weight
        ]
        scores.append([one.sum() / one.size + b for one, b in zip(maps, bias, strict=True)])
    return np.array(scores)


def _slide(p: dict[str, np.ndarray], name: str, x: np.ndarray, layers: int) -> np.ndarray:
    """The perceptron `name` reads the patch around each place as one long vector."""
    weights = [p[f"{name}.{2 * i}.weight"] for i in range(layers)]
    biases = [p[f"{name}.{2 * i}.bias"] for i in range(layers)]
    side = weights[0].shape[-1]
    rim = side // 2
    rimmed = np.pad(x, ((0, 0), (rim, rim), (rim, rim)))
    out = np.empty((len(biases[-1]), *x.shape[1:]))
    for row, column in np.ndindex(*x.shape[1:]):
        f = rimmed[:, row : row + side, column : column + side].reshape(-1)
        for weight, bias in zip(weights, biases, strict=True):
            f = np.maximum(weight.reshape(len(bias), -1) @ f + bias, 0)
        out[:, row, column] = f
    return out


def _pool(x: np.ndarray) -> np.ndarray:
    """Maxima of 3x3 windows, two apart; the last may hang over the edge."""
    rows, columns = (-(-(side - 3) // 2) + 1 for side in x.shape[1:])
    out = np.empty((len(x), rows, columns))
    for i, row, column in np.ndindex(*out.shape):
        out[i, row, column] = x[i, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3].max()
    return out
