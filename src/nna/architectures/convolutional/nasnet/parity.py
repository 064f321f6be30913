"""NASNet against timm's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.nasnet.model import NASNet
from nna.architectures.convolutional.nasnet.spec import Config
from nna.architectures.convolutional.nasnet.weights import RULES


def theirs(width: int, stem: int, classes: int) -> nn.Module:
    """Timm's network of any width; its depth is six."""
    reference.torchvision()  # timm imports it
    from timm.models.nasnet import NASNetALarge

    return NASNetALarge(num_classes=classes, stem_size=stem, num_features=24 * width)


def timm() -> dict[str, float]:
    """A narrow network, on images that are odd one way and even the other.

    Batch norms take their statistics from other images, lest the signal die over 22 cells.
    """
    torch.manual_seed(0)
    reference_model = theirs(width=8, stem=6, classes=7)
    agreement.unsettle(reference_model)
    agreement.settle(reference_model, torch.randn(4, 3, 51, 40))
    ours = NASNet(Config(depth=6, width=8, stem=6, classes=7))
    return agreement.modules(ours, reference_model, {"image": torch.randn(2, 3, 51, 40)}, RULES)
