"""ConvNeXt against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.convnext.model import ConvNeXt
from nna.architectures.convolutional.convnext.spec import Config
from nna.architectures.convolutional.convnext.weights import RULES


def theirs(config: Config) -> nn.Module:
    """Timm's network of these sizes, without weights."""
    reference.torchvision()  # timm imports it
    from timm.models.convnext import ConvNeXt

    return ConvNeXt(
        depths=config.depths,
        dims=config.widths,
        kernel_sizes=config.kernel,
        in_chans=config.channels,
        num_classes=config.classes,
    )


def timm() -> dict[str, float]:
    """Tiny's depths and some of its own, narrow, at 64 x 64 pixels; the greater difference."""
    gaps: dict[str, float] = {}
    for config in (
        Config(widths=(8, 16, 24, 32), drop_path=0.1, classes=7),
        Config(depths=(1, 2, 4, 1), widths=(12, 6, 10, 20), kernel=5, channels=2, classes=5),
    ):
        torch.manual_seed(0)
        reference_model = theirs(config)
        agreement.unsettle(reference_model)
        ours = ConvNeXt(config)
        inputs = {"image": torch.randn(2, config.channels, 64, 64)}
        found = agreement.modules(ours, reference_model, inputs, RULES)
        gaps = agreement.worst(gaps, found)
    return gaps
