"""MobileNet against timm's, and its rival of full convolutions against loops."""

from functools import partial

import numpy as np
import torch

from nna import agreement, reference
from nna.architectures.convolutional.mobilenet_v1.model import MobileNetV1
from nna.architectures.convolutional.mobilenet_v1.spec import VARIANTS, Config
from nna.architectures.convolutional.mobilenet_v1.weights import TIMM


def timm() -> dict[str, float]:
    """Widths 1 and 1.25, a quarter of their channels, at 64 x 64 pixels; the greater gap."""
    reference.torchvision()
    from timm import create_model

    gaps: dict[str, float] = {}
    for size, name in (("1.0", "mobilenetv1_100"), ("1.25", "mobilenetv1_125")):
        torch.manual_seed(0)
        theirs = reference.narrow(partial(create_model, name), 4)
        agreement.unsettle(theirs)
        ours = reference.narrow(partial(MobileNetV1, VARIANTS[size].config), 4)
        found = agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 64, 64)}, TIMM)
        gaps = agreement.worst(gaps, found)
    return gaps


def full() -> dict[str, float]:
    """Table 4's rival, small: a stem of stride 2, two stages of full 3x3 convolutions."""
    torch.manual_seed(0)
    model = MobileNetV1(
        Config(block="full", depths=(1, 1), width_multiplier=0.1, channels=2, classes=4)
    )
    agreement.unsettle(model)
    return agreement.equations(model, _full, {"image": torch.randn(2, 2, 9, 8)})


def _full(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        for name, stride in (("stem.0", 2), ("body.0.0.conv", 1), ("body.1.0.conv", 2)):
            x = np.clip(_conv_norm(p, name, x, stride), 0, 6)
        scores.append(p["head.weight"] @ x.reshape(len(x), -1).mean(1) + p["head.bias"])
    return np.stack(scores)


def _conv_norm(p: dict[str, np.ndarray], name: str, x: np.ndarray, stride: int) -> np.ndarray:
    """Equation 1 over `x` with a rim of zeros, then batch norm."""
    out = reference.convolved(x, p[f"{name}.conv.weight"], stride, rim=1)
    scale = p[f"{name}.norm.weight"] / np.sqrt(p[f"{name}.norm.running_var"] + 1e-5)
    shift = p[f"{name}.norm.bias"] - scale * p[f"{name}.norm.running_mean"]
    return scale[:, None, None] * out + shift[:, None, None]
