"""MLP-Mixer against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.feedforward.mlp_mixer.model import MLPMixer
from nna.architectures.feedforward.mlp_mixer.spec import RULES, VARIANTS


def theirs(size: str) -> nn.Module:
    """Timm's network of that size, without weights; its head, which starts at zero, awake."""
    reference.torchvision()  # timm imports it
    from timm import create_model

    model = create_model(f"mixer_{size}_224", pretrained=False)
    nn.init.normal_(model.get_parameter("head.weight"), std=0.02)
    agreement.unsettle(model)
    return model


def timm() -> dict[str, float]:
    """S/32 and B/16, at 224 pixels; the greater of the two differences."""
    gaps: dict[str, float] = {}
    for size in ("s32", "b16"):
        torch.manual_seed(0)
        reference_model, ours = theirs(size), MLPMixer(VARIANTS[size].config)
        inputs = {"image": torch.randn(2, 3, 224, 224)}
        found = agreement.modules(ours, reference_model, inputs, RULES)
        gaps = {key: max(gap, gaps.get(key, 0.0)) for key, gap in found.items()}
    return gaps
