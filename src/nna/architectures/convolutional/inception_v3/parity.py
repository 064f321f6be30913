"""Inception-v3 against torchvision's."""

import dataclasses
from functools import partial
from typing import Any

import torch

from nna import agreement, reference
from nna.architectures.convolutional.inception_v3.model import InceptionV3
from nna.architectures.convolutional.inception_v3.spec import VARIANTS
from nna.architectures.convolutional.inception_v3.weights import TORCHVISION
from nna.spec import Rename


def torchvision() -> dict[str, float]:
    """An eighth as wide: the network at 75 x 75 pixels; the head, for which they are few, apart."""
    torch.manual_seed(0)
    build = reference.torchvision().models.inception_v3
    theirs: Any = reference.narrow(partial(build, init_weights=False), 8)
    agreement.unsettle(theirs)
    theirs.AuxLogits, head = None, theirs.AuxLogits
    slim = dataclasses.replace(VARIANTS["v3-bare"].config, width=4, classes=125)
    ours = InceptionV3(slim)
    gaps = agreement.modules(ours, theirs, {"image": torch.randn(2, 3, 75, 75)}, TORCHVISION)
    ours = InceptionV3(dataclasses.replace(slim, aux_heads=1))
    assert ours.auxiliary is not None
    rules = (Rename(r"^", "AuxLogits."), *TORCHVISION, Rename(r"^auxiliary\.", ""))
    grids = {"x": torch.randn(3, 96, 17, 17)}
    found = agreement.modules(ours.auxiliary, head, grids, rules)
    return gaps | {f"auxiliary head's {key}": gap for key, gap in found.items()}
