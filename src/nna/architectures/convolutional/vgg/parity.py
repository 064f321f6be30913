"""VGG against timm's, whose names the public checkpoints bear."""

from functools import partial

import torch

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
        theirs = reference.narrow(partial(vgg.VGG, column, num_classes=10), 16)
        agreement.unsettle(theirs)
        found = agreement.modules(VGG(config), theirs, {"image": torch.randn(2, 3, 64, 64)}, TIMM)
        gaps = agreement.worst(gaps, found)
    return gaps
