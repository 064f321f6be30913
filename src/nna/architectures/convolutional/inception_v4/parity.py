"""Inception-v4 against timm's, whose names the public checkpoint bears."""

import dataclasses

import torch

from nna import agreement, reference
from nna.architectures.convolutional.inception_v4.model import InceptionV4
from nna.architectures.convolutional.inception_v4.spec import VARIANTS
from nna.architectures.convolutional.inception_v4.weights import TIMM


def timm() -> dict[str, float]:
    """The published depth, an eighth as wide, at 107 x 107 pixels."""
    reference.torchvision()
    from timm.models.inception_v4 import InceptionV4 as Theirs

    torch.manual_seed(0)
    theirs = reference.narrow(Theirs, 8)
    agreement.unsettle(theirs)
    ours = InceptionV4(dataclasses.replace(VARIANTS["v4"].config, width=4, classes=125))
    return agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 107, 107)}, TIMM)
