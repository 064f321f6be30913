"""Sparse evolutionary training (SET): few connections from the start, and they move while learning.

Mocanu, Mocanu, Stone, Nguyen, Gibescu, Liotta. Scalable Training of Artificial Neural Networks with
Adaptive Sparse Connectivity Inspired by Network Science. Nature Communications 9, 2018,
doi:10.1038/s41467-018-04316-3, arXiv:1707.04780.

Answers: fully connected layers grow with the product of their widths, and pruning removes most of
that only after all of it was trained. Here a layer has, from the first step, as many connections as
grow with the sum of its widths, placed at random; after each epoch the weakest are removed and as
many new ones drawn elsewhere. Nothing dense is ever held.

Departs from the paper: the number of connections is exactly what its probability expects; ReLU
stands for its SReLU. New weights are a tenth as large as those at the start, and take over the
optimiser's memory of the ones they replace. The last layer is dense, as in the authors' code.

Shapes: b examples, n_in and n_out units, n connections of a layer.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.sparse_feedforward.spec import Config


class SparseLinear(nn.Module):
    """Sums over listed connections: connection j leads from unit source[j] to unit target[j]."""

    source: Tensor
    target: Tensor
    draw: Tensor  # seeds the next rewiring, alike in all processes

    def __init__(self, n_in: int, n_out: int, connections: int) -> None:
        super().__init__()
        # an Erdos-Renyi graph with probability connections (n_in + n_out) / (n_in n_out)
        count = min(connections * (n_in + n_out), n_in * n_out)
        cells = torch.randperm(n_in * n_out)[:count]
        self.register_buffer("source", cells % n_in)
        self.register_buffer("target", cells // n_in)
        self.register_buffer("draw", torch.randint(2**31, ()))
        self.n_in, self.n_out = n_in, n_out
        self.std = (2 * n_out / count) ** 0.5  # He's, for as many inputs as a unit has on average
        self.weight = nn.Parameter(torch.randn(count) * self.std)
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x: Float[Tensor, "b n_in"]) -> Float[Tensor, "b n_out"]:
        out = self.bias.expand(len(x), -1)
        return out.index_add(1, self.target, x[:, self.source] * self.weight)

    @torch.no_grad()
    def rewire(self, share: float) -> None:
        """Move the share of connections nearest to zero, of either sign, to free places.

        Args:
            share: of the positive and of the negative weights that are removed (zeta).
        """
        weak = torch.zeros_like(self.weight, dtype=torch.bool)
        for sign in (1, -1):
            of_sign = (sign * self.weight > 0).nonzero()[:, 0]
            least = self.weight[of_sign].abs().argsort()[: int(share * len(of_sign))]
            weak[of_sign[least]] = True
        free = torch.ones(self.n_in * self.n_out, dtype=torch.bool)
        kept = ~weak
        free[(self.target[kept] * self.n_in + self.source[kept]).cpu()] = False
        places = free.nonzero()[:, 0]
        noise = torch.Generator().manual_seed(int(self.draw))
        count = int(weak.sum())
        cells = places[torch.randperm(len(places), generator=noise)[:count]].to(weak.device)
        self.source[weak], self.target[weak] = cells % self.n_in, cells // self.n_in
        fresh = torch.randn(count, generator=noise) * self.std / 10
        self.weight[weak] = fresh.to(self.weight)
        self.draw += 1


class SparseFeedforward(nn.Module):
    """Sparse layers with ReLU, and a dense one for the scores."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.connections < 1 or min(config.hidden, default=0) < 1:
            raise ValueError(
                f"layers need units and connections; got {config.hidden}, {config.connections}"
            )
        self.body = nn.Sequential()
        width = config.features
        for units in config.hidden:
            self.body.append(SparseLinear(width, units, config.connections))
            self.body.append(nn.ReLU())
            width = units
        self.head = nn.Linear(width, config.classes)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.head(self.body(table))

    def rewire(self, share: float) -> None:
        """Let every sparse layer that learns replace its weakest connections."""
        for layer in self.body:
            if isinstance(layer, SparseLinear) and layer.weight.requires_grad:
                layer.rewire(share)
