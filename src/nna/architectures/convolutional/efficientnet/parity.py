"""EfficientNet against timm's."""

from functools import partial

import torch

from nna import agreement, reference
from nna.architectures.convolutional.efficientnet.model import EfficientNet
from nna.architectures.convolutional.efficientnet.spec import VARIANTS
from nna.architectures.convolutional.efficientnet.weights import TIMM


def timm() -> dict[str, float]:
    """B0 and B2, a quarter as wide, at 64 x 64 pixels; the greater of the two differences.

    Batch norms take their statistics from the images compared, lest signals of 80 layers and more
    die away or grow beyond what float32 resolves to 1e-5.
    """
    reference.torchvision()
    from timm import create_model

    gaps: dict[str, float] = {}
    for size in ("b0", "b2"):
        torch.manual_seed(0)
        theirs = reference.narrow(partial(create_model, f"efficientnet_{size}"), 4)
        image = torch.randn(2, 3, 64, 64)
        agreement.unsettle(theirs)
        agreement.settle(theirs, image)
        ours = reference.narrow(partial(EfficientNet, VARIANTS[size].config), 4)
        found = agreement.modules(ours, theirs, {"image": image}, TIMM)
        gaps = agreement.worst(gaps, found)
    return gaps
