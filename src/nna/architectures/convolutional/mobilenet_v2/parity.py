"""MobileNetV2 against timm's."""

from functools import partial

import torch

from nna import agreement, reference
from nna.architectures.convolutional.mobilenet_v2.model import MobileNetV2
from nna.architectures.convolutional.mobilenet_v2.spec import VARIANTS
from nna.architectures.convolutional.mobilenet_v2.weights import TIMM


def timm() -> dict[str, float]:
    """Widths 1 and 0.5, a quarter of their channels, at 64 x 64 pixels; the greater gap."""
    reference.torchvision()
    from timm import create_model

    gaps: dict[str, float] = {}
    for size, name in (("1.0", "mobilenetv2_100"), ("0.5", "mobilenetv2_050")):
        torch.manual_seed(0)
        theirs = reference.narrow(partial(create_model, name), 4)
        agreement.unsettle(theirs)
        ours = reference.narrow(partial(MobileNetV2, VARIANTS[size].config), 4)
        found = agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 64, 64)}, TIMM)
        gaps = agreement.worst(gaps, found)
    return gaps
