"""MLP-Mixer against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.feedforward.mlp_mixer.model import MLPMixer
from nna.architectures.feedforward.mlp_mixer.spec import Config
from nna.architectures.feedforward.mlp_mixer.weights import RULES


def theirs(config: Config) -> nn.Module:
    """Timm's network of that size, without weights; its head, which starts at zero, awake."""
    reference.torchvision()  # timm imports it
    from timm.models.mlp_mixer import MlpMixer

    model = MlpMixer(
        config.classes, config.side, config.channels, config.patch, config.depth, config.width
    )
    nn.init.normal_(model.get_parameter("head.weight"), std=0.5)
    agreement.unsettle(model)
    return model


def timm() -> dict[str, float]:
    """Two small sizes, patches of 16 and of 8 pixels; the greater of the two differences."""
    gaps: dict[str, float] = {}
    for config in (
        Config(depth=4, width=32, side=80, classes=7),
        Config(depth=3, width=24, patch=8, side=48, channels=2, classes=5),
    ):
        torch.manual_seed(0)
        reference_model, ours = theirs(config), MLPMixer(config)
        inputs = {"image": torch.randn(2, config.channels, config.side, config.side)}
        # what a patch's bias adds to all channels alike, the norm over channels takes away
        found = agreement.modules(
            ours, reference_model, inputs, RULES, (r"mix_patches\.fc2\.bias$",)
        )
        gaps = agreement.worst(gaps, found)
    return gaps
