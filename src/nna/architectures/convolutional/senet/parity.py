"""Squeeze-and-excitation networks against timm's."""

import dataclasses
from functools import partial

import torch

from nna import agreement, reference
from nna.architectures.convolutional.senet.model import SENet
from nna.architectures.convolutional.senet.spec import VARIANTS
from nna.architectures.convolutional.senet.weights import TIMM


def timm() -> dict[str, float]:
    """Sizes 50 and 18, a quarter as wide, at 66 x 66 pixels (the pool's last window is a part)."""
    reference.torchvision()
    import timm

    gaps: dict[str, float] = {}
    for size in ("50", "18"):
        torch.manual_seed(0)
        name = f"legacy_seresnet{size}"
        theirs = reference.narrow(partial(timm.create_model, name, num_classes=7), 4)
        agreement.unsettle(theirs)
        for name, squeeze in theirs.named_parameters():  # few units are left; none may be dead
            if name.endswith("fc1.weight"):
                squeeze.data.mul_(0.3)
            elif name.endswith("fc1.bias"):
                squeeze.data.add_(3)
        image = {"image": torch.randn(2, 3, 66, 66)}
        ours = SENet(dataclasses.replace(VARIANTS[size].config, width=16, classes=7))
        found = agreement.modules(ours, theirs, image, TIMM)
        gaps = agreement.worst(gaps, found)
    return gaps
