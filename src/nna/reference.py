"""Other libraries' implementations, which the parity proofs compare with, made importable."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import torch
from torch import nn

from nna.blocks.unfilled import outlined


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


def narrow(build: nn.Module | Callable[[], nn.Module], share: int) -> nn.Module:
    """Keep one channel in `share` of every layer: all of the depth, little of the cost.

    Counts that `share` doesn't divide (an image's channels, say) stay. Groups keep their width and
    get fewer. Weights are drawn so large that signals stay alive (He); biases start at zero and
    norms as the identity.

    Args:
        build: makes the model, which then never is of full size in memory; or the model itself,
            which is changed in place. Its layers are convolutions, linear maps and norms, as torch
            has them.
        share: divides the channels.

    Returns:
        The narrow model.

    Raises:
        ValueError: something else in it has values of its own, which nothing here gives it.
    """

    def cut(count: int) -> int:
        return count if count % share else count // share

    with outlined():
        model = build if isinstance(build, nn.Module) else build()
    for part in model.modules():
        if isinstance(part, nn.Conv2d):
            part.in_channels, part.out_channels = cut(part.in_channels), cut(part.out_channels)
            part.groups = cut(part.groups)
            each = part.in_channels // part.groups
            part.weight = nn.Parameter(torch.empty(part.out_channels, each, *part.kernel_size))
            nn.init.kaiming_normal_(part.weight)
        elif isinstance(part, nn.Linear):
            part.in_features, part.out_features = cut(part.in_features), cut(part.out_features)
            part.weight = nn.Parameter(torch.empty(part.out_features, part.in_features))
            nn.init.kaiming_normal_(part.weight)
        elif isinstance(part, nn.BatchNorm2d):
            part.num_features = cut(part.num_features)
            part.weight = nn.Parameter(torch.ones(part.num_features))
            part.running_mean = torch.zeros(part.num_features)
            part.running_var = torch.ones(part.num_features)
            part.num_batches_tracked = torch.tensor(0)
        if getattr(part, "bias", None) is not None:
            part.bias = nn.Parameter(torch.zeros(len(part.weight)))  # type: ignore
    left = [name for name, tensor in model.state_dict().items() if tensor.is_meta]
    if left:
        raise ValueError(f"{left[0]} is of no layer that can be narrowed")
    return model


def convolved(x: np.ndarray, weight: np.ndarray, stride: int = 1, rim: int = 0) -> np.ndarray:
    """A convolution in NumPy, place by place of the kernel: what it says of all pixels, added up.

    Args:
        x: one picture's maps `(channels, h, w)`.
        weight: kernels `(out, channels, rows, columns)`.
        stride: pixels from window to window.
        rim: of zeros, pixels wide.

    Returns:
        Maps `(out, h', w')`.
    """
    x = np.pad(x, ((0, 0), (rim, rim), (rim, rim)))
    down, right = (
        (side - size) // stride * stride + 1
        for side, size in zip(x.shape[1:], weight.shape[2:], strict=True)
    )
    total = 0.0
    for i, j in np.ndindex(*weight.shape[2:]):
        seen = x[:, i : i + down : stride, j : j + right : stride]
        total = total + np.einsum("oc,chw->ohw", weight[:, :, i, j], seen)
    return np.asarray(total)
