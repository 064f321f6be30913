"""Distances to prototypes: the first step of radial units, of map nodes, of LeNet's outputs."""

from jaxtyping import Float
from torch import Tensor


def squared_distance(
    x: Float[Tensor, "b d"], prototypes: Float[Tensor, "m d"]
) -> Float[Tensor, "b m"]:
    """Squared Euclidean distance from every example to every prototype.

    Differences come first: expanding |x|^2 - 2 x.p + |p|^2 saves memory, but cancels near a
    prototype, even below zero. No root is taken, so the gradient is finite (0) on a prototype.

    Args:
        x: b examples of d features.
        prototypes: m points among them.
    """
    return (x[:, None] - prototypes).square().sum(dim=-1)
