"""Inception-v3 against torchvision's."""

import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.inception_v3.model import InceptionV3
from nna.architectures.convolutional.inception_v3.spec import TORCHVISION, VARIANTS
from nna.spec import Rename


def torchvision() -> dict[str, float]:
    """The whole network in evaluation, at 75 x 75 pixels, and the auxiliary head by itself."""
    torch.manual_seed(0)
    theirs = reference.torchvision().models.inception_v3(init_weights=False)
    for module in theirs.modules():  # their own start lets all signals die on the way
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    agreement.unsettle(theirs)
    ours = InceptionV3(VARIANTS["v3"].config)
    gaps = agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 75, 75)}, TORCHVISION)
    assert ours.auxiliary is not None
    rules = (Rename(r"^", "AuxLogits."), *TORCHVISION, Rename(r"^auxiliary\.", ""))
    head = {"x": torch.randn(2, 768, 17, 17)}
    found = agreement.modules(ours.auxiliary, theirs.AuxLogits, head, rules)
    return gaps | {f"auxiliary head's {key}": gap for key, gap in found.items()}
