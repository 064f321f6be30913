"""The U-Net against figure 1 written out in loops."""

import dataclasses

import numpy as np
import torch

from nna import agreement, reference
from nna.architectures.convolutional.unet.model import UNet
from nna.architectures.convolutional.unet.spec import Config

SMALL = Config(width=2, depth=2, dropout=0.0, channels=2, classes=3)


def published() -> dict[str, float]:
    """Without padding: 44 pixels come in, 4 go out."""
    return _at(0, 44)


def padded() -> dict[str, float]:
    """With padding: as many pixels as come in."""
    return _at(1, 8)


def _at(padding: int, side: int) -> dict[str, float]:
    torch.manual_seed(0)
    model = UNet(dataclasses.replace(SMALL, padding=padding))
    agreement.unsettle(model)

    def naive(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
        return np.stack([_unet(p, x, padding) for x in image])

    return agreement.equations(model, naive, {"image": torch.randn(2, 2, side, side)})


def _unet(p: dict[str, np.ndarray], x: np.ndarray, rim: int) -> np.ndarray:
    left = []
    for level in range(2):
        x = _twice(p, f"down.{level}", x, rim)
        left.append(x)
        blocks = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2)
        x = blocks.max(axis=(2, 4))
    x = _twice(p, "bottom.0", x, rim)
    for level in range(2):
        weight, bias = p[f"up.{level}.up.weight"], p[f"up.{level}.up.bias"]
        raised = np.zeros((weight.shape[1], 2 * x.shape[1], 2 * x.shape[2]))
        for u, v in np.ndindex(2, 2):  # each pixel paints a square of 2x2
            raised[:, u::2, v::2] = np.einsum("chw,cd->dhw", x, weight[:, :, u, v])
        raised += bias[:, None, None]
        other = left.pop()
        cut = (other.shape[1] - raised.shape[1]) // 2
        kept = other[:, cut : cut + raised.shape[1], cut : cut + raised.shape[2]]
        x = _twice(p, f"up.{level}.mix", np.concatenate([kept, raised]), rim)
    head = p["head.weight"][:, :, 0, 0]
    return np.einsum("kc,chw->khw", head, x) + p["head.bias"][:, None, None]


def _twice(p: dict[str, np.ndarray], name: str, x: np.ndarray, rim: int) -> np.ndarray:
    for layer in (0, 2):
        out = reference.convolved(x, p[f"{name}.{layer}.weight"], rim=rim)
        x = np.maximum(out + p[f"{name}.{layer}.bias"][:, None, None], 0)
    return x
