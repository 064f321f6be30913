"""The triplet network beside table 1 in NumPy loops, and its loss beside PyTorch's."""

from itertools import permutations

import numpy as np
import torch
from torch import nn

from nna import agreement, objectives
from nna.architectures.convolutional.triplet.model import Triplet
from nna.architectures.convolutional.triplet.spec import SPEC, Config
from nna.learning.base import Batch, Gradient

CONFIGS = (
    SPEC.tiny,
    Config(stem=5, widths=((6,), (4,), (7, 3)), hidden=6, side=18, stride=2, embedding=5),
)


def _stirred(config: Config) -> Triplet:
    """Every parameter random; kernels so strong that normalisation weakens what they give."""
    torch.manual_seed(0)
    model = Triplet(config)
    for name, parameter in model.named_parameters():
        nn.init.normal_(parameter, std=2.0 if name.startswith("stem") else 0.3)
    return model


def equations() -> dict[str, float]:
    """At a stride of one and of two."""
    gaps: dict[str, float] = {}
    for config in CONFIGS:
        model = _stirred(config)  # which seeds what is drawn after it, too
        image = torch.randn(2, config.channels, config.side, config.side)
        gaps = agreement.worst(gaps, agreement.equations(model, _naive, {"image": image}))
    return gaps


def _naive(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    stages = 1 + max(int(name.split(".")[1]) for name in p if name.startswith("body"))
    points = []
    for x in image:
        x = _normalise(_pool(_convolve(p, "stem.0", x)))
        for i in range(stages):
            layer = 0
            while f"body.{i}.{layer}.0.weight" in p:
                x = _convolve(p, f"body.{i}.{layer}.2", _convolve(p, f"body.{i}.{layer}.0", x))
                layer += 1
            x = _pool(_normalise(x) if i == 0 else x)
        x = x.reshape(-1)
        for layer in ("head.1.sums", "head.2.sums"):
            one, other = np.split(p[f"{layer}.weight"] @ x + p[f"{layer}.bias"], 2)
            x = np.where(one > other, one, other)
        x = p["head.3.weight"] @ x + p["head.3.bias"]
        points.append(x / np.sqrt((x * x).sum()))
    return np.stack(points)


def _convolve(p: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    """Rectified; kernels wider than three belong to the first layer, and tell its stride."""
    weight, bias = p[f"{name}.weight"], p[f"{name}.bias"]
    size = weight.shape[-1]
    stride = (size - 3) // 2 if size > 3 else 1
    x = np.pad(x, ((0, 0), (size // 2,) * 2, (size // 2,) * 2))
    side = (x.shape[1] - size) // stride + 1
    out = np.zeros((len(weight), side, side))
    for row, column in np.ndindex(side, side):
        top, left = stride * row, stride * column
        seen = x[:, top : top + size, left : left + size]
        out[:, row, column] = np.tensordot(weight, seen, 3) + bias
    return np.maximum(out, 0)


def _pool(x: np.ndarray) -> np.ndarray:
    side = (x.shape[1] + 1) // 2
    out = np.zeros((len(x), side, side))
    for row, column in np.ndindex(side, side):
        top, left = max(0, 2 * row - 1), max(0, 2 * column - 1)
        out[:, row, column] = x[:, top : 2 * row + 2, left : 2 * column + 2].max((1, 2))
    return out


def _normalise(x: np.ndarray) -> np.ndarray:
    near = [x[max(0, k - 2) : k + 3] for k in range(len(x))]
    return np.stack([x[k] / (2 + 1e-4 * (maps**2).sum(0)) ** 0.75 for k, maps in enumerate(near)])


def loss() -> dict[str, float]:
    """Semi-hard triplets found by loops, given to PyTorch's loss: value and parameter gradients."""
    model, criterion = _stirred(SPEC.tiny), objectives.get("triplet")
    assert isinstance(criterion, Gradient)
    image = torch.randn(9, SPEC.tiny.channels, SPEC.tiny.side, SPEC.tiny.side)
    label = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 3])
    ours = criterion.loss(model, Batch({"image": image}, {"y": label}))[0]
    points = model(image)
    anchor, positive, negative = zip(*_triplets(points.detach().double(), label), strict=True)
    theirs = nn.TripletMarginWithDistanceLoss(distance_function=_squared, margin=0.2)(
        *(points[list(rows)] for rows in (anchor, positive, negative))
    )
    pairs = zip(_gradients(model, ours), _gradients(model, theirs), strict=True)
    found = [{"parameter gradients of the loss": agreement.gap(*pair)} for pair in pairs]
    return {"loss": agreement.gap(ours, theirs)} | agreement.worst(*found)


def _squared(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (a - b).square().sum(1)


def _gradients(model: nn.Module, loss: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)


def _triplets(points: torch.Tensor, label: torch.Tensor) -> list[tuple[int, int, int]]:
    """For each pair the nearest negative beyond the positive; where there is none, the furthest."""
    squared = ((points[:, None] - points[None]) ** 2).sum(2)
    found = []
    for a, p in permutations(range(len(label)), 2):
        if label[a] == label[p]:
            others = [n for n in range(len(label)) if label[n] != label[a]]
            beyond = [n for n in others if squared[a, n] > squared[a, p]]
            nearest = min(beyond, key=lambda n: float(squared[a, n]), default=None)
            furthest = max(others, key=lambda n: float(squared[a, n]))
            found.append((a, p, furthest if nearest is None else nearest))
    return found
