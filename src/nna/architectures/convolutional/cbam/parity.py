"""Residual networks with CBAM against timm's, and against equations 1 to 3 written in loops."""

import dataclasses
from functools import partial

import numpy as np
import torch

from nna import agreement, reference
from nna.architectures.convolutional.cbam.model import CBAMNet
from nna.architectures.convolutional.cbam.spec import VARIANTS, Config
from nna.architectures.convolutional.cbam.weights import TIMM


def timm() -> dict[str, float]:
    """Sizes 18 and 50, both blocks, a quarter as wide, at 64 x 64 pixels; the greater gap."""
    reference.torchvision()
    import timm

    gaps: dict[str, float] = {}
    for size in ("18", "50"):
        torch.manual_seed(0)
        sizes = {"num_classes": 7, "block_args": {"attn_layer": "cbam"}}
        theirs = reference.narrow(partial(timm.create_model, f"resnet{size}", **sizes), 4)
        agreement.unsettle(theirs)
        image = {"image": torch.randn(2, 3, 64, 64)}
        ours = CBAMNet(dataclasses.replace(VARIANTS[size].config, width=16, classes=7))
        found = agreement.modules(ours, theirs, image, TIMM)
        gaps = agreement.worst(gaps, found)
    return gaps


DEPTHS = (2, 1)


def naive() -> dict[str, float]:
    """Basic blocks at full size and at half of it, 3x3 stem, spatial gates of 5x5 pixels."""
    torch.manual_seed(0)
    config = Config(
        block="basic",
        depths=DEPTHS,
        width=4,
        reduction=2,
        kernel=5,
        stride=1,
        channels=2,
        classes=3,
    )
    model = CBAMNet(config)
    agreement.unsettle(model)
    return agreement.equations(model, _naive, {"image": torch.randn(1, 2, 6, 5)})


def _naive(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        x = np.maximum(_conv_norm(p, "stem.0", x, 1), 0)
        for stage, depth in enumerate(DEPTHS):
            for i in range(depth):
                stride = 2 if stage > 0 and i == 0 else 1
                name = f"body.{stage}.{i}"
                inner = np.maximum(_conv_norm(p, f"{name}.branch.0", x, stride), 0)
                f = _conv_norm(p, f"{name}.branch.2", inner, 1)
                f = _spatial(p, f"{name}.gates.spatial", _channel(p, f"{name}.gates.channel", f))
                if stride > 1:
                    x = _conv_norm(p, f"{name}.skip", x, stride)
                x = np.maximum(x + f, 0)
        scores.append(p["head.weight"] @ x.reshape(len(x), -1).mean(1) + p["head.bias"])
    return np.stack(scores)


def _channel(p: dict[str, np.ndarray], name: str, f: np.ndarray) -> np.ndarray:
    """Equation 2 and the first line of equation 1."""
    w0, w1 = (p[f"{name}.{layer}.weight"][:, :, 0, 0] for layer in ("squeeze", "excite"))
    flat = f.reshape(len(f), -1)
    score = sum(w1 @ np.maximum(w0 @ pooled, 0) for pooled in (flat.mean(1), flat.max(1)))
    return f / (1 + np.exp(-score))[:, None, None]


def _spatial(p: dict[str, np.ndarray], name: str, f: np.ndarray) -> np.ndarray:
    """Equation 3 and the second line of equation 1."""
    score = _conv_norm(p, f"{name}.conv", np.stack([f.mean(0), f.max(0)]), 1)
    return f / (1 + np.exp(-score))


def _conv_norm(p: dict[str, np.ndarray], name: str, x: np.ndarray, stride: int) -> np.ndarray:
    """A convolution over `x` with a rim of zeros, then batch norm."""
    weight = p[f"{name}.conv.weight"]
    out = reference.convolved(x, weight, stride, rim=weight.shape[2] // 2)
    scale = p[f"{name}.norm.weight"] / np.sqrt(p[f"{name}.norm.running_var"] + 1e-5)
    shift = p[f"{name}.norm.bias"] - scale * p[f"{name}.norm.running_mean"]
    return scale[:, None, None] * out + shift[:, None, None]
