"""Faster R-CNN against one put together from torchvision's parts."""

import dataclasses
from typing import Any

import torch
from torch import Tensor, nn

from nna import agreement, reference
from nna.architectures.convolutional.faster_rcnn.model import FasterRCNN
from nna.architectures.convolutional.faster_rcnn.spec import VARIANTS, Config
from nna.architectures.convolutional.faster_rcnn.weights import TORCHVISION
from nna.spec import Rename

FINE = 2.0**30  # anchors are made so much larger, rounded by torchvision, and made smaller again


class Both(nn.Module):
    """The rows of both stages, by what they hold, each on a scale of its own."""

    def __init__(self, model: FasterRCNN) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Boxes, offsets and scores of anchors, then of regions."""
        return tuple(part for rows in self.model.stages(image) for part in _parts(rows))


def _parts(rows: Tensor) -> tuple[Tensor, ...]:
    return rows[..., :4].detach(), rows[..., 4:8], rows[..., 8:]


class Assembled(nn.Module):
    """Torchvision's network, anchors, box coder and RoIAlign, in the order of the paper.

    Two score an anchor (its softmax), and all classes share offsets, as in `model.py`. Suppression
    is written out here: torchvision's is compiled.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        from torchvision.models.detection import anchor_utils, faster_rcnn, rpn
        from torchvision.models.vgg import make_layers

        self.config = config
        columns: list[int | str] = []
        for depth, width in zip(config.depths, config.widths, strict=True):
            columns += [width] * depth + ["M"]
        last = config.widths[-1]
        self.backbone = make_layers(columns)[:-1]  # type: ignore[arg-type]
        self.laid: Any = anchor_utils.AnchorGenerator((config.anchor_sizes,), ((0.5, 1.0, 2.0),))
        (kinds,) = self.laid.num_anchors_per_location()
        self.rpn: Any = rpn.RPNHead(last, kinds)
        self.rpn.cls_logits = nn.Conv2d(last, 2 * kinds, 1)
        self.box_head = faster_rcnn.TwoMLPHead(last * config.roi_size**2, config.hidden)
        self.box_predictor = faster_rcnn.FastRCNNPredictor(config.hidden, config.classes + 1)
        self.box_predictor.bbox_pred = nn.Linear(config.hidden, 4)

    def anchors(self, image: Tensor, shared: Tensor) -> Tensor:
        """Not rounded to pixels, and around the middle of each place instead of its corner."""
        from torchvision.models.detection.image_list import ImageList

        scales = [FINE * scale for scale in self.config.anchor_sizes]
        exact = self.laid.generate_anchors(scales, (0.5, 1.0, 2.0), torch.float64) / FINE
        stride = image.shape[2] // shared.shape[2]
        self.laid.cell_anchors = [exact + stride / 2]
        sizes = [(image.shape[2], image.shape[3])] * len(image)
        return torch.stack(self.laid(ImageList(image, sizes), [shared]))

    def proposals(self, anchors: Tensor, by: Tensor, scores: Tensor, image: Tensor) -> Tensor:
        """Of one picture."""
        from torchvision.models.detection._utils import BoxCoder
        from torchvision.ops import box_iou, clip_boxes_to_image

        boxes = BoxCoder((10.0, 10.0, 5.0, 5.0)).decode_single(by, anchors)
        boxes = clip_boxes_to_image(boxes, (image.shape[2], image.shape[3]))
        boxes = boxes[(scores[:, 1] - scores[:, 0]).argsort(descending=True)]
        kept, shared = [0], box_iou(boxes, boxes).numpy()
        for i in range(1, len(boxes)):
            if shared[i, kept].max() <= 0.7:
                kept.append(i)
        kept += [0] * self.config.proposals
        return boxes[kept[: self.config.proposals]]

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """As `Both` gives them."""
        from torchvision.models.detection.rpn import concat_box_prediction_layers
        from torchvision.ops import roi_align

        shared = self.backbone(image)
        anchors = self.anchors(image, shared)
        scores, by = concat_box_prediction_layers(*self.rpn([shared]))
        scores, by = scores.view(len(image), -1, 2), by.view(len(image), -1, 4)
        regions = [
            self.proposals(*one, image)
            for one in zip(anchors, by.detach(), scores.detach(), strict=True)
        ]
        scale, side = shared.shape[2] / image.shape[2], self.config.roi_size
        with torch.compiler.set_stance("force_eager"):  # compiling takes far longer than it saves
            cells = roi_align(shared, regions, side, scale, sampling_ratio=2, aligned=True)
        names, places = self.box_predictor(self.box_head(cells))
        second = torch.cat([torch.cat(regions), places, names], dim=1)
        second = second.view(len(image), self.config.proposals, -1)
        return *_parts(second), anchors, by, scores


def torchvision() -> dict[str, float]:
    """Both published sizes in full depth, a few channels wide; the greater difference.

    In float64: anchors reach over 700 pixels, where float32 is no finer than 6e-5.
    """
    reference.torchvision()
    gaps: dict[str, float] = {}
    for size in ("voc", "coco"):
        torch.manual_seed(0)
        config = dataclasses.replace(
            VARIANTS[size].config, widths=(4, 8, 16, 16, 16), proposals=20, hidden=32
        )
        theirs = Assembled(config)
        for module in theirs.modules():  # their own start lets all signals die on the way
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)
        agreement.unsettle(theirs)
        inputs = {"image": torch.randn(2, 3, 64, 96, dtype=torch.float64)}
        rules, ours = (*TORCHVISION, Rename("^", "model.")), Both(FasterRCNN(config))
        found = agreement.modules(ours.double(), theirs.double(), inputs, rules)
        gaps = agreement.worst(gaps, found)
    return gaps
