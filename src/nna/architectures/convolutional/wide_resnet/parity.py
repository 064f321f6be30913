"""The wide residual network against torchvision's, and against table 1 written out in loops."""

from functools import partial

import numpy as np
import torch

from nna import agreement, reference
from nna.architectures.convolutional.wide_resnet.model import WideResNet
from nna.architectures.convolutional.wide_resnet.spec import Config
from nna.architectures.convolutional.wide_resnet.weights import TORCHVISION


def torchvision() -> dict[str, float]:
    """Width 2 and 3, an eighth of their channels, at 64 x 64 pixels; the greater gap."""
    resnet = reference.torchvision().models.resnet
    net, block = resnet.ResNet, resnet.Bottleneck
    some = Config(block="bottleneck", depths=(1, 2, 1, 1), width=2, classes=7)
    few = Config(block="bottleneck", depths=(1, 1, 1, 1), width=3, classes=5)
    pairs = (
        (some, lambda: net(block, [1, 2, 1, 1], 7, width_per_group=128)),
        (few, lambda: net(block, [1, 1, 1, 1], 5, width_per_group=192)),
    )
    gaps: dict[str, float] = {}
    for config, build in pairs:
        torch.manual_seed(0)
        theirs = reference.narrow(build, 8)
        agreement.unsettle(theirs)
        image = {"image": torch.randn(2, 3, 64, 64)}
        ours = reference.narrow(partial(WideResNet, config), 8)
        found = agreement.modules(ours, theirs, image, TORCHVISION)
        gaps = agreement.worst(gaps, found)
    return gaps


DEPTHS = (2, 1, 2)


def cifar() -> dict[str, float]:
    """A small network of table 1: the first stage widens, the others stride too."""
    torch.manual_seed(0)
    model = WideResNet(Config(depths=DEPTHS, width=2, dropout=0.3, channels=2, classes=4))
    agreement.unsettle(model)
    return agreement.equations(model, _cifar, {"image": torch.randn(1, 2, 6, 5)})


def _cifar(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        x = _conv(p["stem.weight"], x, 1)
        for stage, depth in enumerate(DEPTHS):
            for i in range(depth):
                stride = 2 if stage > 0 and i == 0 else 1
                name = f"body.{stage}.{i}"
                opened = _norm_relu(p, f"{name}.open.0", x)
                inner = _conv(p[f"{name}.branch.0.weight"], opened, stride)
                inner = _norm_relu(p, f"{name}.branch.1.0", inner)
                branch = _conv(p[f"{name}.branch.3.weight"], inner, 1)
                if i == 0:
                    x = _conv(p[f"{name}.skip.weight"], opened, stride) + branch
                else:
                    x = x + branch
        x = _norm_relu(p, "close.0", x)
        scores.append(p["head.weight"] @ x.reshape(len(x), -1).mean(1) + p["head.bias"])
    return np.stack(scores)


def _norm_relu(p: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    scale = p[f"{name}.weight"] / np.sqrt(p[f"{name}.running_var"] + 1e-5)
    shift = p[f"{name}.bias"] - scale * p[f"{name}.running_mean"]
    return np.maximum(scale[:, None, None] * x + shift[:, None, None], 0)


def _conv(weight: np.ndarray, x: np.ndarray, stride: int) -> np.ndarray:
    """A convolution over `x` with a rim of zeros."""
    return reference.convolved(x, weight, stride, rim=weight.shape[2] // 2)
