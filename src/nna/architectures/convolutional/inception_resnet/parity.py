"""Inception-ResNet against timm's, whose names the public checkpoint bears."""

import dataclasses

import torch

from nna import agreement, reference
from nna.architectures.convolutional.inception_resnet.model import InceptionResNet
from nna.architectures.convolutional.inception_resnet.spec import VARIANTS
from nna.architectures.convolutional.inception_resnet.weights import TIMM


def timm() -> dict[str, float]:
    """The published depth, an eighth as wide, at 107 x 107 pixels."""
    reference.torchvision()
    from timm.models.inception_resnet_v2 import InceptionResnetV2 as Theirs

    torch.manual_seed(0)
    theirs = reference.narrow(Theirs, 8)
    agreement.unsettle(theirs)
    ours = InceptionResNet(dataclasses.replace(VARIANTS["v2"].config, width=4, classes=125))
    return agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 107, 107)}, TIMM)
