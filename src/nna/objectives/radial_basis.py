"""A radial basis network in closed form: centres by k-means, widths by neighbours, then solve.

The output weights W minimise |H W - T|^2 + ridge |W|^2, H being the hidden activations with a
column of ones; the ridge is the one of a few with the least leave-one-out error on the same
examples. Broomhead, Lowe (1988), section 3; Moody, Darken (1989), sections 3 and 4 (centres by
k-means, width from the distance to the nearest other centres).
"""

import numpy as np
import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient
from nna.objectives.squared_error import numbers

RIDGES = np.logspace(-7, -1, 7)  # tried, relative to the number of examples
NEIGHBOURS = 4  # centres whose mean distance, twice, is a centre's width


def solve_readout(hidden: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Weights `(k, m)` and bias `(k,)` that map hidden `(n, m)` to target `(n, k)` best.

    Args:
        hidden: activations.
        target: what the readout should give.
    """
    from sklearn.linear_model import RidgeCV

    h, t = hidden.double().cpu().numpy(), target.double().cpu().numpy()
    found = RidgeCV(alphas=RIDGES * len(h)).fit(h, t)
    weights = torch.as_tensor(found.coef_).reshape(t.shape[1], h.shape[1])
    return weights.to(hidden), torch.as_tensor(np.atleast_1d(found.intercept_)).to(hidden)


class RadialBasis(WithoutGradient):
    """For models with `centres`, `widths`, `hidden(x)` and a linear `head`."""

    kind = "closed form"
    tasks = ("classification", "regression")
    watch = None

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Place the centres, set the widths, solve for the head."""
        from sklearn.cluster import KMeans

        x = batch.x
        centres, widths = model.get_parameter("centres"), model.get_parameter("widths")
        head = model.get_submodule("head")
        assert isinstance(head, nn.Linear)
        if len(x) < len(centres):
            raise UserError(
                f"{len(centres)} centres need as many examples, and the training part has "
                f"{len(x)}: ask for fewer (--set units={max(1, len(x) // 2)})"
            )
        seed = int(torch.randint(2**31, ()))
        means = KMeans(len(centres), random_state=seed).fit(x.cpu().numpy())
        centres.copy_(torch.as_tensor(means.cluster_centers_))
        near = min(NEIGHBOURS, len(centres) - 1)
        apart = torch.cdist(centres, centres).topk(near + 1, largest=False).values[:, 1:]
        widths.copy_(2 * apart.mean(1).clamp_min(1e-6) if near else torch.ones_like(widths))
        hidden: Tensor = model.hidden(x)  # type: ignore[operator]
        target = batch.target
        like = torch.empty(len(x), head.out_features)
        weight, bias = solve_readout(hidden, numbers(target, like).to(hidden))
        head.weight.copy_(weight)
        head.bias.copy_(bias)
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Half the squared error."""
        outputs = model(**batch.inputs)
        target = numbers(batch.target, outputs)
        return {"loss": 0.5 * torch.square(outputs - target).sum(-1).mean()}


OBJECTIVE = RadialBasis()
