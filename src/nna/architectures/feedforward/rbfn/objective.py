"""A radial basis network in closed form: centres by k-means, widths by neighbours, then solve.

The output weights W minimise |H W - T|^2 + ridge |W|^2, H being the hidden activations with a
column of ones; the ridge is the one of a few with the least leave-one-out error on the same
examples. Broomhead, Lowe (1988), section 3; Moody, Darken (1989), sections 3 and 4 (centres by
k-means, width from the distance to the nearest other centres).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.losses import numbers
from nna.learning.models import having
from nna.learning.settings import setting

RIDGES = tuple(float(ridge) for ridge in np.logspace(-7, -1, 7))


@runtime_checkable
class Radial(Protocol):
    """Radial units and a linear readout."""

    centres: Tensor  # (units, features)
    widths: Tensor  # (units,)
    head: nn.Linear

    def hidden(self, table: Tensor) -> Tensor:
        """What each unit answers."""
        ...


def solve_readout(
    hidden: Tensor, target: Tensor, ridges: Sequence[float] = RIDGES
) -> tuple[Tensor, Tensor]:
    """Weights `(k, m)` and bias `(k,)` that map hidden `(n, m)` to target `(n, k)` best.

    Args:
        hidden: activations.
        target: what the readout should give.
        ridges: that are tried, relative to the number of examples.
    """
    from sklearn.linear_model import RidgeCV

    h, t = hidden.double().cpu().numpy(), target.double().cpu().numpy()
    found = RidgeCV(alphas=np.asarray(ridges) * len(h)).fit(h, t)
    weights = torch.as_tensor(found.coef_).reshape(t.shape[1], h.shape[1])
    return weights.to(hidden), torch.as_tensor(np.atleast_1d(found.intercept_)).to(hidden)


@dataclass(frozen=True)
class RadialBasis(WithoutGradient):
    """For models with `centres`, `widths`, `hidden(x)` and a linear `head`."""

    ridges: tuple[float, ...] = setting(RIDGES, 0, is_open=True)  # tried, relative to examples
    neighbours: int = setting(4, 1)  # centres whose mean distance decides a centre's width
    width_factor: float = setting(2.0, 0, is_open=True)  # the width as a multiple of it

    kind = "closed form"
    tasks = ("classification", "regression")
    watch = None

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Place the centres, set the widths, solve for the head."""
        from sklearn.cluster import KMeans

        radial, x = having(model, Radial), batch.x
        centres, widths, head = radial.centres, radial.widths, radial.head
        if len(x) < len(centres):
            raise UserError(
                f"{len(centres)} centres need as many examples, and the training part has "
                f"{len(x)}: ask for fewer (--set units={max(1, len(x) // 2)})"
            )
        seed = int(torch.randint(2**31, ()))
        means = KMeans(len(centres), random_state=seed).fit(x.cpu().numpy())
        centres.copy_(torch.as_tensor(means.cluster_centers_))
        near = min(self.neighbours, len(centres) - 1)
        apart = torch.cdist(centres, centres).topk(near + 1, largest=False).values[:, 1:]
        reach = self.width_factor * apart.mean(1).clamp_min(1e-6)
        widths.copy_(reach if near else torch.ones_like(widths))
        hidden = radial.hidden(x)
        target = batch.target
        like = torch.empty(len(x), head.out_features)
        weight, bias = solve_readout(hidden, numbers(target, like).to(hidden), self.ridges)
        head.weight.copy_(weight)
        head.bias.copy_(bias)
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Half the squared error."""
        outputs = model(**batch.inputs)
        target = numbers(batch.target, outputs)
        return {"loss": 0.5 * torch.square(outputs - target).sum(-1).mean()}


OBJECTIVES = {"radial_basis": RadialBasis}
