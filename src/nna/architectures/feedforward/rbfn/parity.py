"""The radial basis function network beside SciPy's interpolator, and beside its bumps in NumPy."""

from math import exp

import numpy as np
import torch
from scipy.interpolate import RBFInterpolator

from nna import agreement
from nna.architectures.feedforward.rbfn.model import RBFN
from nna.architectures.feedforward.rbfn.spec import Config


def scipy() -> dict[str, float]:
    """A centre on each example and weights from our own hidden matrix: asked between examples."""
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-2, 2, (40, 2)), rng.standard_normal((40, 3))
    asked, width = rng.uniform(-2, 2, (200, 2)), 0.5
    theirs = RBFInterpolator(x, y, kernel="gaussian", epsilon=1 / (width * 2**0.5), degree=-1)
    model = RBFN(Config(features=2, units=40, classes=3)).double()
    with torch.no_grad():
        model.centres.copy_(torch.as_tensor(x))
        model.widths.fill_(width)
        weights = torch.linalg.solve(model.hidden(torch.as_tensor(x)), torch.as_tensor(y))
        model.head.weight.copy_(weights.T)
        model.head.bias.zero_()
        ours = model(torch.as_tensor(asked)).numpy()
    return {"outputs": agreement.gap(ours, theirs(asked))}


def equations() -> dict[str, float]:
    """One bump after the other, its distance summed coordinate by coordinate."""

    def naive(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        out = np.empty((len(table), len(params["head.bias"])))
        for i, x in enumerate(table):
            for k, bias in enumerate(params["head.bias"]):
                out[i, k] = bias
                for m, width in enumerate(params["widths"]):
                    square = sum((a - c) ** 2 for a, c in zip(x, params["centres"][m], strict=True))
                    out[i, k] += params["head.weight"][k, m] * exp(-square / (2 * width**2))
        return out

    torch.manual_seed(0)
    model = RBFN(Config(features=5, units=7, classes=3))
    with torch.no_grad():
        model.widths.uniform_(0.5, 3)
    inputs = {"table": torch.randn(4, 5, generator=torch.Generator().manual_seed(1))}
    return agreement.equations(model, naive, inputs)
