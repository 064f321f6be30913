"""GoogLeNet against torchvision's; the 5x5 branch, which that lacks, in loops."""

import dataclasses
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.googlenet.model import GoogLeNet, Inception
from nna.architectures.convolutional.googlenet.spec import VARIANTS
from nna.architectures.convolutional.googlenet.weights import TORCHVISION
from nna.spec import Rename


def torchvision() -> dict[str, float]:
    """The whole network at 64 x 64 pixels, an eighth as wide, and each auxiliary head by itself."""
    torch.manual_seed(0)
    build = reference.torchvision().models.googlenet
    theirs: Any = reference.narrow(partial(build, aux_logits=True, init_weights=False), 8)
    agreement.unsettle(theirs)
    theirs.register_forward_hook(_in_order)
    ours = GoogLeNet(dataclasses.replace(VARIANTS["22-3x3"].config, width=8, classes=125))
    gaps = agreement.modules(
        ours, theirs, {"image": torch.randn(2, 3, 64, 64)}, TORCHVISION, ("heads",)
    )
    rules = (Rename(r"^", "aux1."), *TORCHVISION, Rename(r"^heads\.4a\.", ""))
    for name, head, c_in in (("4a", theirs.aux1, 64), ("4d", theirs.aux2, 66)):
        found = agreement.modules(
            ours.heads[name], head, {"x": torch.randn(2, c_in, 14, 14)}, rules
        )
        gaps |= {f"{name} head's {key}": gap for key, gap in found.items()}
    return gaps


def _in_order(net: nn.Module, images: tuple[torch.Tensor], out: Any) -> Any:
    """In training, torchvision gives the later auxiliary scores first."""
    return (out.logits, out.aux_logits1, out.aux_logits2) if net.training else out


def module() -> dict[str, float]:
    """One module, as figure 2b draws it."""
    torch.manual_seed(0)
    layer = Inception(3, (2, 3, 4, 2, 3, 2), kernel=5)
    agreement.unsettle(layer)
    return agreement.equations(layer, _module, {"x": torch.randn(2, 3, 6, 5)})


def _module(p: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    out = []
    for image in x:
        rows, columns = image.shape[1:]
        pooled = np.empty_like(image)
        for i in range(rows):
            for j in range(columns):
                window = image[:, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
                pooled[:, i, j] = window.max(axis=(1, 2))
        views = [_conv(p, "branches.0", image)]
        views += [_conv(p, f"branches.{b}.1", _conv(p, f"branches.{b}.0", image)) for b in (1, 2)]
        views.append(_conv(p, "branches.3.1", pooled))
        out.append(np.concatenate(views))
    return np.stack(out)


def _conv(p: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    """A convolution over `x` with a rim of zeros, batch norm, ReLU."""
    weight = p[f"{name}.conv.weight"]
    out = reference.convolved(x, weight, rim=weight.shape[2] // 2)
    scale = p[f"{name}.norm.weight"] / np.sqrt(p[f"{name}.norm.running_var"] + 1e-3)
    shift = p[f"{name}.norm.bias"] - scale * p[f"{name}.norm.running_mean"]
    return np.maximum(scale[:, None, None] * out + shift[:, None, None], 0)
