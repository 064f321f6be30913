"""The functional links beside SciPy's and scikit-learn's, and beside the series in NumPy."""

from dataclasses import replace
from itertools import combinations
from math import acos, cos, pi, sin
from typing import Literal

import numpy as np
import torch
from numpy.polynomial import Legendre
from scipy.special import eval_chebyt, eval_legendre
from sklearn.preprocessing import PolynomialFeatures

from nna import agreement
from nna.architectures.feedforward.flnn.model import FLNN
from nna.architectures.feedforward.flnn.spec import VARIANTS, Config

ORDER = 8
Kind = Literal["powers", "chebyshev", "legendre"]


def libraries() -> dict[str, float]:
    """Orthogonal polynomials up to degree 8; products and squares; in double precision."""
    x = np.random.default_rng(0).uniform(-1, 1, (50, 3))
    quadratic = PolynomialFeatures(2, include_bias=False).fit(x)
    names = quadratic.get_feature_names_out(["a", "b", "c"]).tolist()
    ours = ["a", "b", "c", "a^2", "b^2", "c^2", "a b", "a c", "b c"]
    theirs: dict[Kind, np.ndarray] = {
        "chebyshev": np.concatenate([eval_chebyt(k, x) for k in range(1, ORDER + 1)], axis=1),
        "legendre": np.concatenate([eval_legendre(k, x) for k in range(1, ORDER + 1)], axis=1),
        "powers": np.asarray(quadratic.transform(x))[:, [names.index(name) for name in ours]],
    }
    gaps: dict[str, float] = {}
    for kind, terms in theirs.items():
        joint = kind == "powers"
        config = Config(
            features=3,
            classes=1,
            basis=kind,
            order=2 if joint else ORDER,
            products=joint,
            span=1.0,
        )
        found = FLNN(config).hidden(torch.as_tensor(x)).numpy()
        gaps[kind] = agreement.gap(found, terms)
    return gaps


def equations() -> dict[str, float]:
    """All variants, and all of them with products, on three inputs inside of the span."""
    noise = torch.Generator().manual_seed(0)
    gaps: dict[str, float] = {}
    for variant in VARIANTS.values():
        for products in (False, True):
            config = replace(variant.config, features=3, products=products)
            model = FLNN(config)
            torch.nn.init.normal_(model.linear.weight, generator=noise)
            torch.nn.init.normal_(model.linear.bias, generator=noise)
            table = config.span * (1.8 * torch.rand(4, 3, generator=noise) - 0.9)

            def naive(params: dict[str, np.ndarray], table: np.ndarray, c=config) -> np.ndarray:
                links = np.array([_links(row / c.span, c) for row in table])
                return links @ params["linear.weight"].T + params["linear.bias"]

            gaps = agreement.worst(gaps, agreement.equations(model, naive, {"table": table}))
    return gaps


def _links(row: np.ndarray, config: Config) -> list[float]:
    closed = {  # in closed form, where ours go by recurrence
        "powers": lambda x, k: [x**k],
        "trigonometric": lambda x, k: [x] * (k == 0) + [sin(pi * k * x), cos(pi * k * x)] * (k > 0),
        "chebyshev": lambda x, k: [cos(k * acos(x))],
        "legendre": lambda x, k: [float(Legendre.basis(k)(x))],
    }[config.basis]
    start = 0 if config.basis == "trigonometric" else 1
    found = []
    for k in range(start, config.order + 1):
        columns = [closed(x, k) for x in row]
        found += [value for kind in zip(*columns, strict=True) for value in kind]
    pairs = combinations(range(len(row)), 2) if config.products else ()
    return found + [row[i] * row[j] for i, j in sorted(pairs, key=lambda pair: pair[::-1])]
