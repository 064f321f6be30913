"""ResMLP against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.feedforward.resmlp.model import ResMLP
from nna.architectures.feedforward.resmlp.spec import RULES, VARIANTS


def theirs(depth: int) -> nn.Module:
    """Timm's network of that depth, without weights, every part of it loud enough to be heard.

    Fresh scales of 1e-5 and a head of zeros would hide the layers; nothing is normalised, so
    scales near one would let signals grow beyond what float32 can compare.
    """
    reference.torchvision()  # timm imports it
    from timm import create_model

    model = create_model(f"resmlp_{depth}_224", pretrained=False)
    for name, parameter in model.named_parameters():
        if name.endswith((".ls1", ".ls2")):
            nn.init.uniform_(parameter, 0.1, 0.3)
        elif name.endswith(".alpha"):
            nn.init.uniform_(parameter, 0.5, 1.5)
        elif name.endswith(("beta", "bias")):
            nn.init.normal_(parameter, std=0.1)
    nn.init.normal_(model.get_parameter("head.weight"), std=0.02)
    return model


def timm() -> dict[str, float]:
    """S12 and S24, at 224 pixels; the greater of the two differences."""
    gaps: dict[str, float] = {}
    for depth in (12, 24):
        torch.manual_seed(0)
        reference_model, ours = theirs(depth), ResMLP(VARIANTS[f"s{depth}"].config)
        inputs = {"image": torch.randn(2, 3, 224, 224)}
        found = agreement.modules(ours, reference_model, inputs, RULES)
        gaps = {key: max(gap, gaps.get(key, 0.0)) for key, gap in found.items()}
    return gaps
