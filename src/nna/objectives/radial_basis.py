"""A radial basis network in closed form: centres by k-means, widths by neighbours, then solve.

The output weights W minimise |H W - T|^2 + ridge |W|^2, H being the hidden activations with a
column of ones. Broomhead, Lowe (1988), section 3; Moody, Darken (1989), sections 3 and 4 (centres
by k-means, width from the distance to the nearest other centres).
"""

import torch
from torch import Tensor, nn

from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient
from nna.objectives.squared_error import numbers

RIDGE = 1e-3  # relative to the number of examples; keeps nearby centres from cancelling
NEIGHBOURS = 4  # centres whose mean distance, twice, is a centre's width


def solve_readout(hidden: Tensor, target: Tensor, ridge: float) -> tuple[Tensor, Tensor]:
    """Weights `(k, m)` and bias `(k,)` that map hidden `(n, m)` to target `(n, k)` best.

    Args:
        hidden: activations.
        target: what the readout should give.
        ridge: penalty on squared weights (not on the bias), as a share of n.
    """
    mean_h, mean_t = hidden.mean(0), target.mean(0)
    h, t = (hidden - mean_h).double(), (target - mean_t).double()
    gram = h.T @ h + ridge * len(h) * torch.eye(h.shape[1], dtype=h.dtype, device=h.device)
    weights = torch.linalg.solve(gram, h.T @ t).T.to(hidden)
    return weights, mean_t - weights @ mean_h


class RadialBasis(WithoutGradient):
    """For models with `centres`, `widths`, `hidden(x)` and a linear `head`."""

    kind = "closed form"
    tasks = ("classification", "regression")
    watch = None

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Place the centres, set the widths, solve for the head."""
        from sklearn.cluster import KMeans

        x = batch.inputs[0]
        centres, widths = model.get_parameter("centres"), model.get_parameter("widths")
        head = model.get_submodule("head")
        assert isinstance(head, nn.Linear)
        if len(x) < len(centres):
            raise ValueError(f"{len(centres)} centres need as many examples; there are {len(x)}")
        seed = int(torch.randint(2**31, ()))
        means = KMeans(len(centres), random_state=seed).fit(x.cpu().numpy())
        centres.copy_(torch.as_tensor(means.cluster_centers_))
        near = min(NEIGHBOURS, len(centres) - 1)
        apart = torch.cdist(centres, centres).topk(near + 1, largest=False).values[:, 1:]
        widths.copy_(2 * apart.mean(1).clamp_min(1e-6) if near else torch.ones_like(widths))
        hidden: Tensor = model.hidden(x)  # type: ignore[operator]
        target = batch.goal()
        like = torch.empty(len(x), head.out_features)
        weight, bias = solve_readout(hidden, numbers(target, like).to(hidden), RIDGE)
        head.weight.copy_(weight)
        head.bias.copy_(bias)
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """Half the squared error."""
        outputs = model(*batch.inputs)
        target = numbers(batch.goal(), outputs)
        return {"loss": 0.5 * torch.square(outputs - target).sum(-1).mean()}


OBJECTIVE = RadialBasis()
