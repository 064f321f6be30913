"""DenseNet against torchvision's, and against section 3's plain kind written out in loops."""

import dataclasses

import numpy as np
import torch

from nna import agreement, reference
from nna.architectures.convolutional.densenet.model import DenseNet
from nna.architectures.convolutional.densenet.spec import VARIANTS, Config
from nna.architectures.convolutional.densenet.weights import TORCHVISION


def torchvision() -> dict[str, float]:
    """121, an eighth as wide, and two layers a block of growth 48; the greater gap."""
    theirs = reference.torchvision().models.densenet
    slim = dataclasses.replace(VARIANTS["121"].config, growth=4, width=8, classes=125)
    few = Config(depths=(2, 2, 2, 2), growth=48, width=96)
    pairs = (
        (slim, lambda: reference.narrow(theirs.densenet121, 8)),
        (few, lambda: theirs.DenseNet(48, (2, 2, 2, 2), 96)),
    )
    gaps: dict[str, float] = {}
    for config, build in pairs:
        torch.manual_seed(0)
        other = build()
        agreement.unsettle(other)
        image = {"image": torch.randn(2, 3, 64, 64)}
        found = agreement.modules(DenseNet(config), other, image, TORCHVISION)
        gaps = agreement.worst(gaps, found)
    return gaps


DEPTHS = (3, 2)


def plain() -> dict[str, float]:
    """Without bottlenecks or compression, 3x3 stem; odd sides, of which a mean drops the rim."""
    torch.manual_seed(0)
    config = Config(
        depths=DEPTHS, growth=2, width=3, hidden=0, compression=1.0, stride=1, channels=2, classes=4
    )
    model = DenseNet(config)
    agreement.unsettle(model)
    return agreement.equations(model, _plain, {"image": torch.randn(1, 2, 7, 6)})


def _plain(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        x = _conv(p["stem.0.weight"], x)
        for block, depth in enumerate(DEPTHS):
            if block > 0:
                name = f"body.{2 * block - 1}"
                x = _halve(_conv(p[f"{name}.1.weight"], _norm_relu(p, f"{name}.0.0", x)))
            found = [x]  # x_0, x_1, ... of equation 2
            for i in range(1, depth + 1):
                name = f"body.{2 * block}.layers.{i}"
                read = _norm_relu(p, f"{name}.0.0", np.concatenate(found))
                found.append(_conv(p[f"{name}.1.weight"], read))
            x = np.concatenate(found)
        x = _norm_relu(p, "close.0", x)
        scores.append(p["head.weight"] @ x.reshape(len(x), -1).mean(1) + p["head.bias"])
    return np.stack(scores)


def _norm_relu(p: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    scale = p[f"{name}.weight"] / np.sqrt(p[f"{name}.running_var"] + 1e-5)
    shift = p[f"{name}.bias"] - scale * p[f"{name}.running_mean"]
    return np.maximum(scale[:, None, None] * x + shift[:, None, None], 0)


def _halve(x: np.ndarray) -> np.ndarray:
    """Means of 2x2 pixels."""
    rows, columns = x.shape[1] // 2 * 2, x.shape[2] // 2 * 2
    x = x[:, :rows, :columns]
    corners = (x[:, ::2, ::2], x[:, 1::2, ::2], x[:, ::2, 1::2], x[:, 1::2, 1::2])
    return sum(corners[1:], corners[0]) / 4


def _conv(weight: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A convolution over `x` with a rim of zeros."""
    return reference.convolved(x, weight, rim=weight.shape[2] // 2)
