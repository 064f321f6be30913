"""gMLP against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.feedforward.gmlp.model import GMLP
from nna.architectures.feedforward.gmlp.spec import Config
from nna.architectures.feedforward.gmlp.weights import RULES


def theirs(config: Config) -> nn.Module:
    """Timm's network of that size, without weights; its gates, closed at first, and head awake."""
    reference.torchvision()  # timm imports it
    from timm.layers.mlp import GatedMlp
    from timm.models.mlp_mixer import MlpMixer, SpatialGatingBlock

    model = MlpMixer(
        config.classes,
        config.side,
        config.channels,
        config.patch,
        config.depth,
        config.width,
        mlp_ratio=6,
        block_layer=SpatialGatingBlock,
        mlp_layer=GatedMlp,
    )
    agreement.unsettle(model)
    for name, parameter in model.named_parameters():
        if name.endswith("gate.proj.weight"):
            nn.init.normal_(parameter, std=len(parameter) ** -0.5)
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
        reference_model, ours = theirs(config), GMLP(config)
        inputs = {"image": torch.randn(2, config.channels, config.side, config.side)}
        found = agreement.modules(ours, reference_model, inputs, RULES)
        gaps = agreement.worst(gaps, found)
    return gaps
