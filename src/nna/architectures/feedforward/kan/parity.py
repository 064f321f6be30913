"""The Kolmogorov-Arnold network beside the authors' package, and beside SciPy's splines."""

from itertools import pairwise
from math import exp

import numpy as np
import torch
from scipy.interpolate import BSpline
from torch import Tensor, nn

from nna import agreement
from nna.architectures.feedforward.kan.model import KAN, ORDER
from nna.architectures.feedforward.kan.spec import SPEC, VARIANTS, Config
from nna.architectures.feedforward.kan.weights import PYKAN


class Theirs(nn.Module):
    """The authors' layers, each of which also returns what it plots; wilder curves than usual."""

    def __init__(self, config: Config) -> None:
        from kan.KANLayer import KANLayer

        super().__init__()
        shape = (config.features, *config.hidden, config.classes)
        reach = [-config.span, config.span]
        self.body = nn.ModuleList(
            KANLayer(n_in, n_out, config.grid, ORDER, noise_scale=5.0, grid_range=reach)
            for n_in, n_out in pairwise(shape)
        )

    def forward(self, x: Tensor) -> Tensor:
        """The last layer's nodes."""
        for layer in self.body:
            x = layer(x)[0]
        return x


def pykan() -> dict[str, float]:
    """Outputs and gradients on inputs within the grids and beyond them."""
    gaps: dict[str, float] = {}
    for config in (VARIANTS["knot"].config, VARIANTS["4-2-1-1"].config, SPEC.tiny):
        torch.manual_seed(0)
        inputs, theirs = {"table": torch.randn(8, config.features)}, Theirs(config)
        agreement.unsettle(theirs)
        gaps = agreement.worst(gaps, agreement.modules(KAN(config), theirs, inputs, PYKAN))
    return gaps


def scipy() -> dict[str, float]:
    """Every edge by itself: its B-splines one by one, each on its own five knots."""
    gaps: dict[str, float] = {}
    for config in (VARIANTS["2-5-1"].config, VARIANTS["4-2-1-1"].config, SPEC.tiny):
        torch.manual_seed(1)
        inputs, model = {"table": torch.randn(6, config.features)}, KAN(config)
        agreement.unsettle(model)
        gaps = agreement.worst(gaps, agreement.equations(model, _naive, inputs))
    return gaps


def _naive(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
    layers = sorted({name.rsplit(".", 1)[0] for name in params})
    return np.array([_nodes(params, layers, row) for row in table])


def _nodes(params: dict[str, np.ndarray], layers: list[str], values: np.ndarray) -> np.ndarray:
    for layer in layers:
        knots, coefficients, base, scale = (
            params[f"{layer}.{name}"] for name in ("knots", "coefficients", "base", "scale")
        )
        sums = [0.0] * base.shape[1]
        for i, value in enumerate(values):
            silu = value / (1 + exp(-value))
            places = range(len(coefficients[i, 0]))
            bases = [_basis(knots[i, m : m + ORDER + 2], value) for m in places]
            for j in range(len(sums)):
                spline = sum(c * b for c, b in zip(coefficients[i, j], bases, strict=True))
                sums[j] += base[i, j] * silu + scale[i, j] * spline
        values = np.array(sums)
    return values


def _basis(knots: np.ndarray, value: float) -> float:
    """One B-spline; zero outside of its knots, where SciPy says nan."""
    return float(np.nan_to_num(BSpline.basis_element(knots, extrapolate=False)(value)))
