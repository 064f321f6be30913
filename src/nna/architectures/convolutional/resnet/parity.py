"""The residual network against torchvision's, and against section 4.2 written out in loops."""

import dataclasses
from functools import partial

import numpy as np
import torch

from nna import agreement, reference
from nna.architectures.convolutional.resnet.model import ResNet
from nna.architectures.convolutional.resnet.spec import VARIANTS, Config
from nna.architectures.convolutional.resnet.weights import TORCHVISION


def torchvision() -> dict[str, float]:
    """Sizes 18 and 50, both blocks, an eighth as wide, at 64 x 64 pixels; the greater gap."""
    gaps: dict[str, float] = {}
    for size in ("18", "50"):
        torch.manual_seed(0)
        build = getattr(reference.torchvision().models, f"resnet{size}")
        theirs = reference.narrow(partial(build, num_classes=7), 8)
        agreement.unsettle(theirs)
        ours = ResNet(dataclasses.replace(VARIANTS[size].config, width=8, classes=7))
        found = agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 64, 64)}, TORCHVISION)
        gaps = agreement.worst(gaps, found)
    return gaps


def cifar() -> dict[str, float]:
    """The nets of section 4.2, small: 3x3 stem, three stages of basic blocks, option A."""
    torch.manual_seed(0)
    config = Config(
        block="basic", depths=(2, 1, 1), width=3, stride=1, shortcut="padded", channels=2, classes=4
    )
    model = ResNet(config)
    agreement.unsettle(model)
    return agreement.equations(model, _cifar, {"image": torch.randn(2, 2, 7, 6)})


def _cifar(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        x = np.maximum(_conv_norm(p, "stem.0", x, 1), 0)
        for stage, depth in enumerate((2, 1, 1)):
            for i in range(depth):
                stride = 2 if stage > 0 and i == 0 else 1
                name = f"body.{stage}.{i}.branch"
                inner = np.maximum(_conv_norm(p, f"{name}.0", x, stride), 0)
                y = _conv_norm(p, f"{name}.2", inner, 1)
                for channel in range(len(x)):  # the others have a shortcut of zeros
                    y[channel] += x[channel, ::stride, ::stride]
                x = np.maximum(y, 0)
        scores.append(p["head.weight"] @ x.reshape(len(x), -1).mean(1) + p["head.bias"])
    return np.stack(scores)


def _conv_norm(p: dict[str, np.ndarray], name: str, x: np.ndarray, stride: int) -> np.ndarray:
    """A 3x3 convolution over `x` with a rim of zeros, then batch norm."""
    out = reference.convolved(x, p[f"{name}.conv.weight"], stride, rim=1)
    scale = p[f"{name}.norm.weight"] / np.sqrt(p[f"{name}.norm.running_var"] + 1e-5)
    shift = p[f"{name}.norm.bias"] - scale * p[f"{name}.norm.running_mean"]
    return scale[:, None, None] * out + shift[:, None, None]
