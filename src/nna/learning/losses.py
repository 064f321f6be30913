"""Parts of losses that several objectives share."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from nna.learning.base import Quantities
from nna.spec import IGNORED


def error_rate(scores: Tensor, target: Tensor) -> Tensor:
    """Share of the highest scores that are not the target's, of targets that count."""
    wrong = scores.argmax(-1) != target
    if target.ndim == 1:  # a class an example: none is padding
        return wrong.float().mean()
    counts = target != IGNORED
    return (wrong & counts).float().sum() / counts.float().sum().clamp_min(1)


def surprise(scores: Tensor, target: Tensor, class_weights: Tensor | None = None) -> Tensor:
    """Mean surprise over all targets, each times the weight of its class.

    The mean is over the number of targets, not over the sum of their weights as in PyTorch's: so it
    depends neither on the size of a batch nor on which classes meet in it.

    Args:
        scores: `(b, classes)`, or `(b, classes, ...)`.
        target: class numbers `(b,)` or `(b, ...)`, or shares in the shape of the scores.
        class_weights: `(classes,)`; None: all are 1.
    """
    if class_weights is None:
        return functional.cross_entropy(scores, target)
    weights = class_weights.to(scores.dtype)
    total = functional.cross_entropy(scores, target, weight=weights, reduction="sum")
    return total * scores.shape[1] / scores.numel()


def judged(
    scores: Tensor, target: Tensor, class_weights: Tensor | None = None
) -> tuple[Tensor, Quantities]:
    """The surprise at the right classes, and the error rate.

    Args:
        scores: `(..., classes)`.
        target: class numbers `(...)`; or the share of each class, `(b, classes)`.
        class_weights: as `surprise` takes them.
    """
    if target.is_floating_point():
        loss = surprise(scores, target, class_weights)
        return loss, {"error": error_rate(scores.detach(), target.argmax(-1))}
    loss = surprise(scores.flatten(0, -2), target.flatten(), class_weights)
    return loss, {"error": error_rate(scores.detach(), target)}


def numbers(target: Tensor, like: Tensor) -> Tensor:
    """The target as numbers in the shape of the outputs: one-hot where it holds classes."""
    if target.is_floating_point():
        return target.reshape(like.shape)
    return functional.one_hot(target, like.shape[-1]).to(like.dtype)


def with_auxiliary(given: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The scores, and what a model gives beside them in training."""
    scores, *beside = given if isinstance(given, tuple) else (given,)
    return scores, tuple(beside)


def signed(target: Tensor, like: Tensor) -> Tensor:
    """The target in the shape of the outputs: numbers as they are, classes as +1 and -1."""
    wanted = numbers(target, like)
    return wanted if target.is_floating_point() else 2 * wanted - 1


def half_squared(outputs: Tensor, target: Tensor) -> Tensor:
    """Half the squared error, summed over outputs and averaged over examples."""
    return 0.5 * torch.square(outputs - signed(target, outputs)).sum(-1).mean()
