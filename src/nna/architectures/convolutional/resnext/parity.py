"""ResNeXt against torchvision's, and against section 5.3's network, path by path in loops."""

from functools import partial

import numpy as np
import torch

from nna import agreement, reference
from nna.architectures.convolutional.resnext.model import ResNeXt
from nna.architectures.convolutional.resnext.spec import Config
from nna.architectures.convolutional.resnext.weights import TORCHVISION


def torchvision() -> dict[str, float]:
    """Groups of 32 and of 64, a quarter of their channels, at 64 x 64 pixels; the greater gap."""
    resnet = reference.torchvision().models.resnet
    net, block = resnet.ResNet, resnet.Bottleneck
    some = Config(depths=(1, 2, 1, 1), classes=7)
    more = Config(depths=(1, 1, 1, 1), groups=64, classes=5)
    pairs = (
        (some, lambda: net(block, [1, 2, 1, 1], 7, groups=32, width_per_group=4)),
        (more, lambda: net(block, [1, 1, 1, 1], 5, groups=64, width_per_group=4)),
    )
    gaps: dict[str, float] = {}
    for config, build in pairs:
        torch.manual_seed(0)
        theirs = reference.narrow(build, 4)
        agreement.unsettle(theirs)
        image = {"image": torch.randn(2, 3, 64, 64)}
        ours = reference.narrow(partial(ResNeXt, config), 4)
        found = agreement.modules(ours, theirs, image, TORCHVISION)
        gaps = agreement.worst(gaps, found)
    return gaps


DEPTHS, PATHS, WIDTH = (2, 1), 2, 3


def cifar() -> dict[str, float]:
    """A small network of section 5.3: each path reduces, convolves and restores by itself."""
    torch.manual_seed(0)
    config = Config(depths=DEPTHS, groups=PATHS, width=WIDTH, stride=1, channels=2, classes=4)
    model = ResNeXt(config)
    agreement.unsettle(model)
    return agreement.equations(model, _cifar, {"image": torch.randn(1, 2, 5, 4)})


def _cifar(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        x = np.maximum(_norm(p, "stem.0", _conv(p["stem.0.conv.weight"], x, 1)), 0)
        for stage, depth in enumerate(DEPTHS):
            for i in range(depth):
                stride = 2 if stage > 0 and i == 0 else 1
                name = f"body.{stage}.{i}"
                d = WIDTH * 2**stage
                owns = [slice(path * d, (path + 1) * d) for path in range(PATHS)]
                total = sum(_path(p, name, own, x, stride) for own in owns)
                if i == 0:
                    x = _norm(p, f"{name}.skip", _conv(p[f"{name}.skip.conv.weight"], x, stride))
                x = np.maximum(x + _norm(p, f"{name}.branch.4", total), 0)
        scores.append(p["head.weight"] @ x.reshape(len(x), -1).mean(1) + p["head.bias"])
    return np.stack(scores)


def _path(
    p: dict[str, np.ndarray], block: str, own: slice, x: np.ndarray, stride: int
) -> np.ndarray:
    """T_i of equation 2, before the norm that follows the sum: its own d channels of a block."""
    reduced = _conv(p[f"{block}.branch.0.conv.weight"][own], x, 1)
    reduced = np.maximum(_norm(p, f"{block}.branch.0", reduced, own), 0)
    mixed = _conv(p[f"{block}.branch.2.conv.weight"][own], reduced, stride)
    mixed = np.maximum(_norm(p, f"{block}.branch.2", mixed, own), 0)
    return _conv(p[f"{block}.branch.4.conv.weight"][:, own], mixed, 1)


def _norm(
    p: dict[str, np.ndarray], name: str, x: np.ndarray, own: slice = slice(None)
) -> np.ndarray:
    scale = p[f"{name}.norm.weight"] / np.sqrt(p[f"{name}.norm.running_var"] + 1e-5)
    shift = p[f"{name}.norm.bias"] - scale * p[f"{name}.norm.running_mean"]
    return scale[own, None, None] * x + shift[own, None, None]


def _conv(weight: np.ndarray, x: np.ndarray, stride: int) -> np.ndarray:
    """A convolution over `x` with a rim of zeros."""
    return reference.convolved(x, weight, stride, rim=weight.shape[2] // 2)
