"""MobileNetV3 against timm's."""

from functools import partial

import torch

from nna import agreement, reference
from nna.architectures.convolutional.mobilenet_v3.model import MobileNetV3
from nna.architectures.convolutional.mobilenet_v3.spec import VARIANTS
from nna.architectures.convolutional.mobilenet_v3.weights import timm


def timm_sizes() -> dict[str, float]:
    """Both tables and a thinner net, a quarter of their channels, at 64 x 64 pixels.

    Batch norms take their statistics from the images compared, lest signals of 70 layers die away
    or grow beyond what float32 resolves to 1e-5.
    """
    reference.torchvision()
    from timm import create_model

    gaps: dict[str, float] = {}
    for size, last, name in (
        ("large", 6, "mobilenetv3_large_100"),
        ("small", 5, "mobilenetv3_small_100"),
        ("small-0.75", 5, "mobilenetv3_small_075"),
    ):
        torch.manual_seed(0)
        image = torch.randn(2, 3, 64, 64)
        theirs = reference.narrow(partial(create_model, name), 4)
        agreement.unsettle(theirs)
        agreement.settle(theirs, image)
        ours = reference.narrow(partial(MobileNetV3, VARIANTS[size].config), 4)
        found = agreement.modules(ours, theirs, {"image": image}, timm(last))
        gaps = agreement.worst(gaps, found)
    return gaps
