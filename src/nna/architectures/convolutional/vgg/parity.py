"""VGG against timm's, whose names the public checkpoints bear."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.vgg.model import VGG
from nna.architectures.convolutional.vgg.spec import TIMM, VARIANTS, Config


def timm() -> dict[str, float]:
    """Columns A and D in full depth, a few channels wide; the greater difference."""
    reference.torchvision()
    from timm.models import vgg

    gaps: dict[str, float] = {}
    for size in ("11", "16"):
        torch.manual_seed(0)
        widths = (4, 8, 16, 16, 16)
        config = Config(depths=VARIANTS[size].config.depths, widths=widths, classes=10)
        column: list[int | str] = []
        for depth, width in zip(config.depths, widths, strict=True):
            column += [width] * depth + ["M"]
        theirs = vgg.VGG(column, num_classes=10)
        for module in theirs.modules():  # their own start lets all signals die on the way
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)
        agreement.unsettle(theirs)
        found = agreement.modules(VGG(config), theirs, {"image": torch.randn(2, 3, 64, 64)}, TIMM)
        gaps = {key: max(gap, gaps.get(key, 0.0)) for key, gap in found.items()}
    return gaps
