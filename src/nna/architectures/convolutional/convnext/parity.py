"""ConvNeXt against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.convnext.model import ConvNeXt
from nna.architectures.convolutional.convnext.spec import RULES, VARIANTS


def theirs(size: str) -> nn.Module:
    """Timm's network of that size, without weights."""
    reference.torchvision()  # timm imports it
    from timm import create_model

    return create_model(f"convnext_{size}", pretrained=False)


def timm() -> dict[str, float]:
    """Tiny and small at 64 x 64 pixels; the greater of the two differences."""
    gaps: dict[str, float] = {}
    for size in ("tiny", "small"):
        torch.manual_seed(0)
        reference_model = theirs(size)
        agreement.unsettle(reference_model)
        ours = ConvNeXt(VARIANTS[size].config)
        inputs = {"image": torch.randn(2, 3, 64, 64)}
        found = agreement.modules(ours, reference_model, inputs, RULES)
        gaps = {key: max(gap, gaps.get(key, 0.0)) for key, gap in found.items()}
    return gaps
