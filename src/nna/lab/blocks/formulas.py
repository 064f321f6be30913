"""What the catalogue shows and PyTorch has no one name for, written from the equations."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def step(z: Tensor) -> Tensor:
    """1 from zero on, else 0."""
    return (z >= 0).to(z.dtype)


def softmax_of_first(z: Tensor, classes: int = 10) -> Tensor:
    """The share of one score, where the others are zero."""
    others = z.new_zeros(*z.shape, classes - 1)
    return torch.cat([z[..., None], others], dim=-1).softmax(-1)[..., 0]


# --- Losses as curves: of an error, a margin, a score or a distance ---------------------------


def squared(error: Tensor) -> Tensor:
    """The squared error of a target at zero."""
    return functional.mse_loss(error, torch.zeros_like(error), reduction="none")


def absolute(error: Tensor) -> Tensor:
    """The absolute error of a target at zero."""
    return functional.l1_loss(error, torch.zeros_like(error), reduction="none")


def huber(error: Tensor, delta: float = 1.0) -> Tensor:
    """Huber's loss of a target at zero."""
    return functional.huber_loss(error, torch.zeros_like(error), reduction="none", delta=delta)


def surprise(score: Tensor) -> Tensor:
    """Cross-entropy at the right one of ten classes, the scores of the others being zero."""
    return -softmax_of_first(score).log()


def surprise_of_yes(score: Tensor) -> Tensor:
    """Binary cross-entropy where the answer is yes."""
    return functional.binary_cross_entropy_with_logits(
        score, torch.ones_like(score), reduction="none"
    )


def hinge(margin: Tensor) -> Tensor:
    """How much a margin of one is missed by."""
    return (1 - margin).clamp_min(0)


def focal(score: Tensor, gamma: float = 2.0) -> Tensor:
    """Binary focal loss where the answer is yes."""
    p = score.sigmoid()
    return -((1 - p) ** gamma) * functional.logsigmoid(score)


def gaussians(mean: Tensor) -> Tensor:
    """Kullback and Leibler's divergence of N(mean, 1) from N(0, 1)."""
    p = torch.distributions.Normal(mean, torch.ones_like(mean))
    q = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(p, q)


def contrastive_apart(distance: Tensor, margin: float = 1.0) -> Tensor:
    """The contrastive loss of a pair of two classes."""
    return (margin - distance).clamp_min(0).square() / 2


def triplet_short(gap: Tensor, margin: float = 0.2) -> Tensor:
    """The triplet loss; the gap is by how much the negative's squared distance is the greater."""
    return (margin - gap).clamp_min(0)


# --- Losses of a batch of scores and classes --------------------------------------------------


def squared_error(outputs: Tensor, target: Tensor) -> Tensor:
    """Mean squared error; of classes against one for the right one and zero for the others."""
    if not target.is_floating_point():
        target = functional.one_hot(target, outputs.shape[1]).to(outputs)
    return functional.mse_loss(outputs, target)


def one_against_all(scores: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy of every class by itself."""
    hot = functional.one_hot(target, scores.shape[1]).to(scores)
    return functional.binary_cross_entropy_with_logits(scores, hot)


def focal_loss(scores: Tensor, target: Tensor, gamma: float = 2.0) -> Tensor:
    """Cross-entropy of several classes, each example weighted by (1 - p)^gamma."""
    surprise = functional.cross_entropy(scores, target, reduction="none")
    return ((1 - torch.exp(-surprise)) ** gamma * surprise).mean()


def pairs(points: Tensor, target: Tensor) -> Tensor:
    """The contrastive loss over all pairs of a batch, as `nna train` learns by it."""
    from nna.learning.base import Batch
    from nna.objectives.contrastive import Contrastive

    return Contrastive().loss(nn.Identity(), Batch({"input": points}, {"y": target}))[0]


def triplets(points: Tensor, target: Tensor) -> Tensor:
    """The triplet loss over the triplets of a batch, points on the unit sphere."""
    from nna.learning.base import Batch
    from nna.objectives.triplet import Triplet

    on_sphere = functional.normalize(points, dim=1)
    return Triplet().loss(nn.Identity(), Batch({"input": on_sphere}, {"y": target}))[0]


# --- Norms, made with the number of channels --------------------------------------------------


def group_norm(channels: int) -> nn.GroupNorm:
    """Four groups of channels."""
    return nn.GroupNorm(4, channels)


def local_response(channels: int) -> nn.LocalResponseNorm:
    """AlexNet's constants; torch divides alpha by the number of neighbours."""
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)


class ChannelRMS(nn.RMSNorm):
    """Root mean square norm over the channels of each pixel."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """Maps of the same shape."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


# --- Noise and penalties ----------------------------------------------------------------------


class DropConnect(nn.Module):
    """A dense layer whose every weight is left out with probability p, anew for each example.

    Wan and others (2013). To answer, the weights' mean is used; the paper draws the units' sums
    from a Gaussian of the same mean and variance instead.
    """

    def __init__(self, p: float, n_in: int, n_out: int) -> None:
        super().__init__()
        self.p, self.linear = p, nn.Linear(n_in, n_out)

    def forward(self, x: Tensor) -> Tensor:
        """From `(b, n_in)` to `(b, n_out)`."""
        weight, bias = self.linear.weight, self.linear.bias
        if not self.training:
            return functional.linear(x, weight, bias)
        kept = torch.rand(len(x), *weight.shape, device=x.device) >= self.p
        return torch.einsum("boi,bi->bo", kept * weight / (1 - self.p), x) + bias


def soft_threshold(w: Tensor, by: float | Tensor) -> Tensor:
    """The exact minimiser of (v - w)^2 / 2 + by |v|: towards zero by so much, and no further."""
    return w.sign() * (w.abs() - by).clamp_min(0)


def l1_penalty(weights: Sequence[Tensor]) -> Tensor:
    """The sum of the weights' sizes."""
    return torch.stack([w.abs().sum() for w in weights]).sum()


def l2_penalty(weights: Sequence[Tensor]) -> Tensor:
    """Half the sum of the weights' squares."""
    return torch.stack([w.square().sum() for w in weights]).sum() / 2
