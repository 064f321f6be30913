"""gMLP against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.feedforward.gmlp.model import GMLP
from nna.architectures.feedforward.gmlp.spec import RULES, VARIANTS


def theirs(size: str) -> nn.Module:
    """Timm's network of that size, without weights; its gates, closed at first, and head awake."""
    reference.torchvision()  # timm imports it
    from timm import create_model

    model = create_model(f"gmlp_{size}_224", pretrained=False)
    agreement.unsettle(model)
    for name, parameter in model.named_parameters():
        if name.endswith("gate.proj.weight"):
            nn.init.normal_(parameter, std=len(parameter) ** -0.5)
    nn.init.normal_(model.get_parameter("head.weight"), std=0.05)
    return model


def timm() -> dict[str, float]:
    """Ti/16 and S/16, at 224 pixels; the greater of the two differences."""
    gaps: dict[str, float] = {}
    for size in ("ti16", "s16"):
        torch.manual_seed(0)
        reference_model, ours = theirs(size), GMLP(VARIANTS[size].config)
        inputs = {"image": torch.randn(2, 3, 224, 224)}
        found = agreement.modules(ours, reference_model, inputs, RULES)
        gaps = {key: max(gap, gaps.get(key, 0.0)) for key, gap in found.items()}
    return gaps
