"""The single shot detector against torchvision's, and its default boxes against section 2.2."""

import dataclasses
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.convolutional.ssd.model import SSD, default_boxes
from nna.architectures.convolutional.ssd.spec import VARIANTS
from nna.architectures.convolutional.ssd.weights import TORCHVISION
from nna.blocks.unfilled import outlined
from nna.spec import Rename


class Parts(nn.Module):
    """Boxes, offsets and scores apart, each on a scale of its own."""

    def __init__(self, model: SSD) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """As `Candidates` gives them."""
        rows = self.model(image)
        return rows[..., :4].detach(), rows[..., 4:8], rows[..., 8:]


class Candidates(nn.Module):
    """What torchvision's detector knows before it picks: boxes, offsets, scores."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.backbone, self.head = inner.backbone, inner.head
        self.parts: list[Any] = [inner.backbone, inner.head, inner.anchor_generator]

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """All candidates of square pictures."""
        from torchvision.models.detection.image_list import ImageList

        backbone, head, boxes_of = self.parts
        maps = [*backbone(image).values()]
        found = head(maps)
        sizes = [(image.shape[2], image.shape[3])] * len(image)
        boxes = torch.stack(boxes_of(ImageList(image, sizes), maps))
        return boxes, found["bbox_regression"], found["cls_logits"]


def torchvision() -> dict[str, float]:
    """With 20 and with 90 classes, one channel of 32, at 300 pixels; the greater difference."""
    gaps: dict[str, float] = {}
    reference.torchvision()
    from torchvision.models.detection import ssd300_vgg16
    from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
    from torchvision.models.detection.ssd import SSDHead

    for variant in ("300", "300-coco"):
        torch.manual_seed(0)
        config = VARIANTS[variant].config
        with outlined():
            detector: Any = ssd300_vgg16(
                weights=None, weights_backbone=None, trainable_backbone_layers=5
            )
        detector.backbone.scale_weight = nn.Parameter(20 * (0.5 + torch.rand(16)))
        reference.narrow(detector.backbone, 32)
        kinds = detector.anchor_generator.num_anchors_per_location()
        detector.head = SSDHead([16, 32, 16, 8, 8, 8], kinds, config.classes + 1)
        # its own generator has COCO's scales, and rounds the distance between two places to 8
        # pixels, where the paper's equation says 300 / 38
        detector.anchor_generator = DefaultBoxGenerator(
            [list(ratios) for ratios in config.aspect_ratios], scales=[*config.anchor_sizes]
        )
        theirs = Candidates(detector)
        agreement.unsettle(theirs)
        ours = SSD(
            dataclasses.replace(
                config,
                widths=(2, 4, 8, 16, 16),
                hidden=32,
                extras=tuple((a // 32, b // 32, stride) for a, b, stride in config.extras),
            )
        )
        rules = (*TORCHVISION, Rename("^", "model."))
        inputs = {"image": torch.rand(2, 3, 300, 300)}
        found = agreement.modules(Parts(ours), theirs, inputs, rules)
        gaps = agreement.worst(gaps, found)
    return gaps


def boxes() -> dict[str, float]:
    """Every place, size and ratio, one after another."""
    scales, ratios = (0.2, 0.5, 0.9), ((2, 3), (2,))
    shapes = ((3, 4), (1, 2))
    ours = default_boxes([torch.zeros(1, 1, *s) for s in shapes], (30, 40), scales, ratios)
    expected = []
    for number, (rows, columns) in enumerate(shapes):
        for row, column in np.ndindex(rows, columns):
            y, x = (row + 0.5) / rows, (column + 0.5) / columns
            between = np.sqrt(scales[number] * scales[number + 1])
            sizes = [(scales[number],) * 2, (between, between)]
            for ratio in ratios[number]:
                for r in (ratio, 1 / ratio):
                    sizes.append((scales[number] * np.sqrt(r), scales[number] / np.sqrt(r)))
            for w, h in np.minimum(sizes, 1):
                box = np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
                expected.append(box * [40, 30, 40, 30])
    return {"boxes": agreement.gap(ours, np.array(expected))}
