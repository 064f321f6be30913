"""Other libraries' implementations, which the parity proofs compare with, made importable."""

from __future__ import annotations

from types import ModuleType

import torch


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
