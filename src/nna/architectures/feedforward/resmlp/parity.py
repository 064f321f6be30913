"""ResMLP against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.feedforward.resmlp.model import ResMLP
from nna.architectures.feedforward.resmlp.spec import Config
from nna.architectures.feedforward.resmlp.weights import RULES


def theirs(config: Config) -> nn.Module:
    """Timm's network of that size, without weights, every part of it loud enough to be heard.

    Fresh scales of 1e-5 and a head of zeros would hide the layers; nothing is normalised, so
    scales near one would let signals grow beyond what float32 can compare.
    """
    reference.torchvision()  # timm imports it
    from timm.models.mlp_mixer import Affine, MlpMixer, ResBlock

    model = MlpMixer(
        config.classes,
        config.side,
        config.channels,
        config.patch,
        config.depth,
        config.width,
        mlp_ratio=4,
        block_layer=ResBlock,
        norm_layer=Affine,
    )
    for name, parameter in model.named_parameters():
        if name.endswith((".ls1", ".ls2")):
            nn.init.uniform_(parameter, 0.1, 0.3)
        elif name.endswith(".alpha"):
            nn.init.uniform_(parameter, 0.5, 1.5)
        elif name.endswith(("beta", "bias")):
            nn.init.normal_(parameter, std=0.1)
    nn.init.normal_(model.get_parameter("head.weight"), std=0.5)
    return model


def timm() -> dict[str, float]:
    """Two small sizes, patches of 16 and of 8 pixels; the greater of the two differences."""
    gaps: dict[str, float] = {}
    for config in (
        Config(depth=4, width=32, side=80, classes=7),
        Config(depth=3, width=24, patch=8, side=48, channels=2, classes=5),
    ):
        torch.manual_seed(0)
        reference_model, ours = theirs(config), ResMLP(config)
        inputs = {"image": torch.randn(2, config.channels, config.side, config.side)}
        found = agreement.modules(ours, reference_model, inputs, RULES)
        gaps = agreement.worst(gaps, found)
    return gaps
