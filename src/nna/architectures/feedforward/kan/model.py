"""Kolmogorov-Arnold network (KAN): learn the functions on the edges; nodes only add.

Liu, Wang, Vaidya, Ruehle, Halverson, Soljačić, Hou, Tegmark. KAN: Kolmogorov-Arnold Networks.
arXiv:2404.19756, 2024.

Answers: a multilayer perceptron mixes its inputs linearly and bends the sums by one fixed
function, so that a function of one variable costs many units and can't be read off them. Here
every edge carries a curve of its own, a spline, which can be plotted, and made finer after
training without starting anew.

Departs from the paper: training doesn't move the grids (section 2.2, point 3), which stay on
[-span, span]; `regrid` moves them where somebody asks, to even grids over the samples' range.
Splines are cubic (the paper's usual k = 3), without its sparsity penalty, pruning and symbolic
fits (section 2.5).

Shapes: b examples, n_in and n_out nodes, grid intervals, m = grid + 3 basis functions.
"""

import itertools

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.feedforward.kan.spec import Config

ORDER = 3  # degree of the splines' pieces, k


def even_knots(low: Tensor, high: Tensor, grid: int) -> Float[Tensor, "n_in knots"]:
    """Knots of `grid` equal intervals from low to high, and ORDER more of them at both ends."""
    at = torch.arange(-ORDER, grid + ORDER + 1, device=low.device) / grid
    return low[:, None] + (high - low)[:, None] * at


def b_splines(
    x: Float[Tensor, "b n_in"], knots: Float[Tensor, "n_in knots"]
) -> Float[Tensor, "b n_in m"]:
    """All B-splines at x by de Boor's recursion: each degree blends two neighbours of the last."""
    x = x[..., None]
    basis = ((knots[:, :-1] <= x) & (x < knots[:, 1:])).to(x.dtype)
    for k in range(1, ORDER + 1):
        left, right = knots[:, : -k - 1], knots[:, k + 1 :]
        rising = (x - left) / (knots[:, k:-1] - left)
        falling = (right - x) / (right - knots[:, 1:-k])
        basis = rising * basis[..., :-1] + falling * basis[..., 1:]
    return basis


class Layer(nn.Module):
    """A curve w_b silu(x) + w_s spline(x) on every edge (2.10 to 2.12), summed at nodes (2.5)."""

    knots: Tensor  # of the splines of each input; moved by `regrid` alone

    def __init__(self, n_in: int, n_out: int, grid: int, span: float) -> None:
        super().__init__()
        reach = torch.full((n_in,), span)
        self.register_buffer("knots", even_knots(-reach, reach, grid))
        self.base = nn.Parameter(torch.empty(n_in, n_out))
        self.scale = nn.Parameter(torch.ones(n_in, n_out))
        self.coefficients = nn.Parameter(torch.empty(n_in, n_out, grid + ORDER))
        nn.init.xavier_uniform_(self.base)
        nn.init.normal_(self.coefficients, std=0.1)  # footnote 2: the spline starts near zero

    def splines(self, x: Float[Tensor, "b n_in"]) -> Float[Tensor, "b n_in n_out"]:
        """The splines alone, edge by edge."""
        return torch.einsum("bim,iom->bio", b_splines(x, self.knots), self.coefficients)

    def forward(self, x: Float[Tensor, "b n_in"]) -> Float[Tensor, "b n_out"]:
        scaled = self.scale[..., None] * self.coefficients
        splines = torch.einsum("bim,iom->bo", b_splines(x, self.knots), scaled)
        return F.silu(x) @ self.base + splines

    @torch.no_grad()
    def regrid(self, x: Float[Tensor, "b n_in"], grid: int) -> None:
        """Lay `grid` intervals over the samples x; the curves stay, by least squares (2.16)."""
        before = self.splines(x).transpose(0, 1)
        low, high = x.amin(0), x.amax(0)
        self.knots = even_knots(low, torch.maximum(high, low + 1e-3), grid)
        basis = b_splines(x, self.knots).transpose(0, 1)
        fitted = torch.linalg.pinv(basis.double()) @ before.double()
        self.coefficients = nn.Parameter(fitted.transpose(1, 2).to(x.dtype))


class KAN(nn.Module):
    """Layers of curves, one after the other, with nothing between them (2.7)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        shape = (config.features, *config.hidden, config.classes)
        if min(shape) < 1 or config.grid < 1:
            raise ValueError(f"layers need nodes, grids intervals; got {shape} and {config.grid}")
        self.body = nn.Sequential()
        for n_in, n_out in itertools.pairwise(shape):
            self.body.append(Layer(n_in, n_out, config.grid, config.span))

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.body(table)

    def regrid(self, table: Float[Tensor, "b features"], grid: int) -> None:
        """Fit every grid to what reaches it from these examples, in `grid` intervals (section 2.4).

        Finer grids mean new parameters: an optimiser has to be made anew.
        """
        for layer in self.body:
            assert isinstance(layer, Layer)
            layer.regrid(table, grid)
            table = layer(table)
