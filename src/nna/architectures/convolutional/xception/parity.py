"""Xception against timm's, and its separable convolution with a function between, in loops."""

from functools import partial

import numpy as np
import torch
from torch import nn

from nna import agreement, reference
from nna.architectures.convolutional.xception.model import Xception
from nna.architectures.convolutional.xception.spec import Config
from nna.architectures.convolutional.xception.weights import CADENE


def timm() -> dict[str, float]:
    """The whole and a shorter one, an eighth as wide, at 64 x 64 pixels; the greater difference.

    Batch norms take their statistics from the images compared, lest signals of 36 layers die away
    or grow beyond what float32 resolves to 1e-5.
    """
    reference.torchvision()
    from timm import create_model

    gaps: dict[str, float] = {}
    for blocks in (8, 3):
        torch.manual_seed(0)
        image = torch.randn(2, 3, 64, 64)
        theirs = reference.narrow(partial(create_model, "legacy_xception"), 8)
        for i in range(blocks, 8):
            setattr(theirs, f"block{4 + i}", nn.Identity())
        agreement.unsettle(theirs)
        agreement.settle(theirs, image)
        ours = reference.narrow(partial(Xception, Config(blocks=blocks)), 8)
        found = agreement.modules(ours, theirs, {"image": image}, CADENE)
        gaps = agreement.worst(gaps, found)
    return gaps


def between() -> dict[str, float]:
    """A small one with ELU between the halves of its convolutions and without shortcuts."""
    torch.manual_seed(0)
    model = Xception(
        Config(
            widths=(2, 3, 4, 5, 4, 3),
            blocks=1,
            activation="elu",
            shortcut=False,
            stride=1,
            channels=2,
            classes=4,
        )
    )
    agreement.unsettle(model)
    agreement.settle(model, torch.randn(4, 2, 10, 9))
    return agreement.equations(model, _between, {"image": torch.randn(2, 2, 10, 9)})


def _between(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for x in image:
        for name in ("stem.0", "stem.1"):
            x = np.maximum(
                _norm(p, f"{name}.norm", reference.convolved(x, p[f"{name}.conv.weight"])), 0
            )
        x = _separable(p, "entry.0.branch.0", x)
        x = _pool(_separable(p, "entry.0.branch.2", np.maximum(x, 0)))
        for name in ("middle.0.branch.1", "middle.0.branch.3", "middle.0.branch.5"):
            x = _separable(p, name, np.maximum(x, 0))
        for name in ("exit.0.branch.1", "exit.0.branch.3"):
            x = _separable(p, name, np.maximum(x, 0))
        x = _pool(x)
        for name in ("exit.1", "exit.3"):
            x = np.maximum(_separable(p, name, x), 0)
        scores.append(p["head.1.weight"] @ x.reshape(len(x), -1).mean(1) + p["head.1.bias"])
    return np.stack(scores)


def _separable(p: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    """Each channel by its own filter, ELU, each pixel by one matrix, batch norm."""
    filters = p[f"{name}.depthwise.weight"]
    alone = [reference.convolved(x[c : c + 1], filters[c : c + 1], rim=1) for c in range(len(x))]
    filtered = np.concatenate(alone)
    bent = np.where(filtered > 0, filtered, np.exp(np.minimum(filtered, 0)) - 1)
    mixed = np.tensordot(p[f"{name}.pointwise.weight"][:, :, 0, 0], bent, 1)
    return _norm(p, f"{name}.norm", mixed)


def _norm(p: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    scale = p[f"{name}.weight"] / np.sqrt(p[f"{name}.running_var"] + 1e-5)
    shift = p[f"{name}.bias"] - scale * p[f"{name}.running_mean"]
    return scale[:, None, None] * x + shift[:, None, None]


def _pool(x: np.ndarray) -> np.ndarray:
    """The greatest of 3x3 pixels around every second pixel."""
    rimmed = np.pad(x, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    rows, columns = range(0, x.shape[1], 2), range(0, x.shape[2], 2)
    return np.stack(
        [[rimmed[:, i : i + 3, j : j + 3].max((1, 2)) for j in columns] for i in rows]
    ).transpose(2, 0, 1)
