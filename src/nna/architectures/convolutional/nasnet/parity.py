"""NASNet against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.nasnet.model import NASNet
from nna.architectures.convolutional.nasnet.spec import RULES, Config


def theirs(width: int, stem: int, classes: int) -> nn.Module:
    """Timm's network of any width; its depth is six."""
    reference.torchvision()  # timm imports it
    from timm.models.nasnet import NASNetALarge

    return NASNetALarge(num_classes=classes, stem_size=stem, num_features=24 * width)


def settle(model: nn.Module, images: torch.Tensor) -> None:
    """Give batch norms the statistics of some images, lest the signal die over 22 cells."""
    for norm in (module for module in model.modules() if isinstance(module, nn.BatchNorm2d)):
        norm.momentum = 1.0
    with torch.no_grad():
        model.train()(images)


def timm() -> dict[str, float]:
    """Two narrow networks, on images of even and of odd side; the greater of the differences."""
    gaps: dict[str, float] = {}
    for width, stem, side in ((8, 6, 64), (12, 10, 51)):
        torch.manual_seed(0)
        reference_model = theirs(width, stem, classes=7)
        agreement.unsettle(reference_model)
        settle(reference_model, torch.randn(8, 3, side, side))
        ours = NASNet(Config(depth=6, width=width, stem=stem, classes=7))
        inputs = {"image": torch.randn(2, 3, side, side)}
        found = agreement.modules(ours, reference_model, inputs, RULES)
        gaps = {key: max(gap, gaps.get(key, 0.0)) for key, gap in found.items()}
    return gaps
