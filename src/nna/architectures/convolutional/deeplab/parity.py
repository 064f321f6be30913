"""DeepLab v3 against torchvision's."""

import dataclasses
from typing import Any

import torch

from nna import agreement, reference
from nna.architectures.convolutional.deeplab.model import DeepLab
from nna.architectures.convolutional.deeplab.spec import VARIANTS
from nna.architectures.convolutional.deeplab.weights import TORCHVISION


class Only(torch.nn.Module):
    """The scores out of the dictionary that torchvision returns."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.backbone, self.classifier = inner.backbone, inner.classifier
        self.whole: list[Any] = [inner]  # in a list: its parameters are named by the two above

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """The scores at every pixel."""
        return self.whole[0](image)["out"]

    def train(self, mode: bool = True) -> "Only":
        """Both, since only the parts are registered."""
        self.whole[0].train(mode)
        return super().train(mode)


def torchvision() -> dict[str, float]:
    """Sizes 50 and 101, an eighth as wide, of 65 x 65 pixels; the greater of the two differences.

    On maps of 9 x 9 places the published dilations would see nothing but rims of zeros.
    """
    reference.torchvision()
    from torchvision.models.segmentation.deeplabv3 import ASPP

    gaps: dict[str, float] = {}
    for size, dilations in (("50", (1, 2, 4)), ("101", (3, 5, 7))):
        torch.manual_seed(0)
        build = getattr(reference.torchvision().models.segmentation, f"deeplabv3_resnet{size}")

        def whole(build=build, dilations=dilations) -> Only:
            made = Only(build(weights=None, weights_backbone=None))
            made.classifier[0] = ASPP(2048, [*dilations])
            return made

        theirs = reference.narrow(whole, 8)
        agreement.unsettle(theirs)
        for name, scale in theirs.named_parameters():
            if name.endswith("bn3.weight"):  # else the sums over 16 or 33 blocks grow to thousands
                scale.data.mul_(0.5)
        config = VARIANTS[size].config
        ours = DeepLab(dataclasses.replace(config, width=8, hidden=32, dilations=dilations))
        found = agreement.modules(ours, theirs, {"image": torch.randn(3, 3, 65, 65)}, TORCHVISION)
        gaps = agreement.worst(gaps, found)
    return gaps
