"""AlexNet against torchvision's one tower, and against section 3 in loops, with two."""

from functools import partial

import numpy as np
import torch

from nna import agreement, reference
from nna.architectures.convolutional.alexnet.model import AlexNet
from nna.architectures.convolutional.alexnet.spec import VARIANTS, Config
from nna.architectures.convolutional.alexnet.weights import TORCHVISION


def torchvision() -> dict[str, float]:
    """The whole network, an eighth as wide."""
    torch.manual_seed(0)
    theirs = reference.narrow(reference.torchvision().models.alexnet, 8)
    agreement.unsettle(theirs)
    ours = reference.narrow(partial(AlexNet, VARIANTS["one"].config), 8)
    return agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 224, 224)}, TORCHVISION)


def printed() -> dict[str, float]:
    """A small network with two towers, its maps so strong that normalisation weakens them."""
    torch.manual_seed(0)
    config = Config(
        widths=(4, 6, 4, 4, 6), side=35, stride=2, window=3, hidden=5, channels=2, classes=3
    )
    model = AlexNet(config)
    for name, parameter in model.named_parameters():
        spread = {"conv1": 5.0, "conv2": 1.0}
        chosen = [s for layer, s in spread.items() if layer in name]
        torch.nn.init.normal_(parameter, std=chosen[0] if chosen else 0.35)
    return agreement.equations(model, _naive, {"image": torch.randn(2, 2, 35, 35)})


def _naive(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        x = _pool(_normalise(_convolve(p, "conv1", x, 1, stride=2)))
        x = _pool(_normalise(_convolve(p, "conv2", x, 2)))
        x = _convolve(p, "conv3", x, 1)
        x = _convolve(p, "conv4", x, 2)
        x = _pool(_convolve(p, "conv5", x, 2)).reshape(-1)
        for layer in ("fc6", "fc7"):
            x = np.maximum(p[f"head.{layer}.weight"] @ x + p[f"head.{layer}.bias"], 0)
        scores.append(p["head.fc8.weight"] @ x + p["head.fc8.bias"])
    return np.stack(scores)


def _convolve(
    p: dict[str, np.ndarray], name: str, x: np.ndarray, towers: int, stride: int = 1
) -> np.ndarray:
    """Rectified; the kernels of a tower see the maps of that tower."""
    weight, bias = p[f"body.{name}.weight"], p[f"body.{name}.bias"]
    rim = 1 if weight.shape[2] == 3 else 2
    parts = zip(np.split(x, towers), np.split(weight, towers), strict=True)
    out = np.concatenate([reference.convolved(*part, stride, rim) for part in parts])
    return np.maximum(out + bias[:, None, None], 0)


def _normalise(a: np.ndarray) -> np.ndarray:
    """Section 3.3 with n = 3."""
    out = np.empty_like(a)
    for i in range(len(a)):
        first, last = max(0, i - 1), min(len(a) - 1, i + 1)
        out[i] = a[i] / (2 + 1e-4 * sum(a[j] ** 2 for j in range(first, last + 1))) ** 0.75
    return out


def _pool(a: np.ndarray) -> np.ndarray:
    side = (a.shape[1] - 3) // 2 + 1
    out = np.empty((len(a), side, side))
    for k, row, column in np.ndindex(*out.shape):
        out[k, row, column] = a[k, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3].max()
    return out
