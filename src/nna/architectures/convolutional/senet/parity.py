"""Squeeze-and-excitation networks against timm's."""

import torch

from nna import agreement, reference
from nna.architectures.convolutional.senet.model import SENet
from nna.architectures.convolutional.senet.spec import TIMM, VARIANTS


def timm() -> dict[str, float]:
    """Sizes 50 and 18, both blocks, at 66 x 66 pixels (the pool's last window is a part one)."""
    reference.torchvision()
    import timm

    gaps: dict[str, float] = {}
    for size in ("50", "18"):
        torch.manual_seed(0)
        theirs = timm.create_model(f"legacy_seresnet{size}")
        agreement.unsettle(theirs)
        image = {"image": torch.randn(2, 3, 66, 66)}
        found = agreement.modules(SENet(VARIANTS[size].config), theirs, image, TIMM)
        gaps = {key: max(gap, gaps.get(key, 0.0)) for key, gap in found.items()}
    return gaps
