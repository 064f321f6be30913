"""MobileNetV2 against timm's."""

import torch

from nna import agreement, reference
from nna.architectures.convolutional.mobilenet_v2.model import MobileNetV2
from nna.architectures.convolutional.mobilenet_v2.spec import VARIANTS
from nna.architectures.convolutional.mobilenet_v2.weights import TIMM


def timm() -> dict[str, float]:
    """Widths 1 and 0.5, at 64 x 64 pixels; the greater of the two differences."""
    reference.torchvision()
    from timm import create_model

    gaps: dict[str, float] = {}
    for size, name in (("1.0", "mobilenetv2_100"), ("0.5", "mobilenetv2_050")):
        torch.manual_seed(0)
        theirs = create_model(name)
        agreement.unsettle(theirs)
        ours = MobileNetV2(VARIANTS[size].config)
        found = agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 64, 64)}, TIMM)
        gaps = agreement.worst(gaps, found)
    return gaps
