"""VGG against timm's, whose names the public checkpoints bear."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.vgg.model import VGG
from nna.architectures.convolutional.vgg.spec import VARIANTS, Config
from nna.architectures.convolutional.vgg.weights import TIMM


def timm() -> dict[str, float]:
    """Columns A and D in full depth, a sixteenth as wide; the greater difference."""
    reference.torchvision()
    from timm.models import vgg

    gaps: dict[str, float] = {}
    for size in ("11", "16"):
        torch.manual_seed(0)
        widths, depths = (4, 8, 16, 32, 32), VARIANTS[size].config.depths
        config = Config(depths=depths, widths=widths, hidden=256, classes=10)
        column: list[int | str] = []
        for depth, width in zip(config.depths, widths, strict=True):
            column += [16 * width] * depth + ["M"]
        theirs = reference.narrow(vgg.VGG(column, num_classes=10), 16)
        for module in theirs.modules():  # their own start lets all signals die on the way
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)
        agreement.unsettle(theirs)
        found = agreement.modules(VGG(config), theirs, {"image": torch.randn(2, 3, 64, 64)}, TIMM)
        gaps = agreement.worst(gaps, found)
    return gaps
