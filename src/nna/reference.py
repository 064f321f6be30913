"""Other libraries' implementations, which the parity proofs compare with, made importable."""

from __future__ import annotations

from types import ModuleType

import torch
from torch import nn


def torchvision() -> ModuleType:
    """Import torchvision, also where its compiled half doesn't load.

    Its wheels for a GPU refuse a CPU-only torch: they can't register two operators of detection,
    which no network here calls, and the whole import fails on that. Declaring the two is enough.
    Call it before importing timm, which imports torchvision.
    """
    try:
        import torchvision
    except RuntimeError:  # "operator torchvision::nms does not exist"
        boxes = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        torch.library.define("torchvision::nms", boxes)
        torch.library.define("torchvision::qnms", boxes)
        import torchvision
    return torchvision


def narrow(model: nn.Module, share: int) -> nn.Module:
    """Keep one channel in `share` of every layer, in place: all of the depth, little of the cost.

    Counts that `share` doesn't divide (an image's channels, say) stay. Groups keep their width and
    get fewer. Weights are drawn anew, so large that signals stay alive (He).

    Args:
        model: its layers are convolutions, linear maps and norms, as torch has them.
        share: divides the channels.

    Returns:
        The same model.
    """

    def cut(count: int) -> int:
        return count if count % share else count // share

    for part in model.modules():
        if isinstance(part, nn.Conv2d):
            part.in_channels, part.out_channels = cut(part.in_channels), cut(part.out_channels)
            part.groups = cut(part.groups)
            each = part.in_channels // part.groups
            part.weight = nn.Parameter(part.weight.data[: part.out_channels, :each].clone())
            nn.init.kaiming_normal_(part.weight)
        elif isinstance(part, nn.Linear):
            part.in_features, part.out_features = cut(part.in_features), cut(part.out_features)
            rows = part.weight.data[: part.out_features, : part.in_features]
            part.weight = nn.Parameter(rows.clone())
            nn.init.kaiming_normal_(part.weight)
        elif isinstance(part, nn.BatchNorm2d):
            part.num_features = cut(part.num_features)
            part.weight = nn.Parameter(part.weight.data[: part.num_features].clone())
            for name in ("running_mean", "running_var"):
                setattr(part, name, getattr(part, name)[: part.num_features].clone())
        if getattr(part, "bias", None) is not None:
            part.bias = nn.Parameter(part.bias.data[: len(part.weight)].clone())  # type: ignore
    return model
