"""Adaline and its rule beside scikit-learn's stochastic gradient, and beside its sums in NumPy."""

from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_iris
from sklearn.linear_model import SGDRegressor
from sklearn.preprocessing import scale

from nna import agreement
from nna.architectures.feedforward.adaline.model import Adaline
from nna.architectures.feedforward.adaline.spec import VARIANTS, Config
from nna.learning.base import Batch, Turn
from nna.objectives.delta_rule import DeltaRule

PASSES = 5
PLAIN: dict[str, Any] = {  # no penalty, no early end, the order as given
    "penalty": None,
    "learning_rate": "constant",
    "shuffle": False,
    "max_iter": PASSES,
    "tol": None,
}


def scikit_learn() -> dict[str, float]:
    """Both learn iris, one unit a species, in one order and at two rates, in double precision."""
    x, species = load_iris(return_X_y=True)
    x = np.asarray(scale(x))
    gaps: dict[str, float] = {}
    for rate in (0.001, 0.05):
        model = Adaline(Config(features=4, classes=3)).double()
        batch = Batch({"table": torch.as_tensor(x)}, {"y": torch.as_tensor(species)})
        for _ in range(PASSES):
            DeltaRule().step(model, {}, batch, Turn(lambda *_: None, rate, progress=0.0))
        outputs = model(batch.x).detach().numpy()
        for unit in range(3):
            theirs = SGDRegressor(eta0=rate, **PLAIN)
            theirs.fit(x, np.where(species == unit, 1.0, -1.0))
            pairs = {
                "learnt weights": (model.linear.weight[unit].detach().numpy(), theirs.coef_),
                "learnt biases": (
                    model.linear.bias[unit].detach().numpy(),
                    np.asarray(theirs.intercept_)[0],
                ),
                "learnt outputs": (outputs[:, unit], theirs.predict(x)),
            }
            found = {key: agreement.gap(*pair) for key, pair in pairs.items()}
            gaps = agreement.worst(gaps, found)
    return gaps


def equations() -> dict[str, float]:
    """Sums of products, term by term, at all sizes."""

    def naive(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        weight, bias = params["linear.weight"], params["linear.bias"]
        out = np.empty((len(table), len(bias)))
        for i, x in enumerate(table):
            for k in range(len(bias)):
                out[i, k] = sum(w * v for w, v in zip(weight[k], x, strict=True)) + bias[k]
        return out

    noise = torch.Generator().manual_seed(0)
    gaps: dict[str, float] = {}
    for variant in VARIANTS.values():
        model = Adaline(variant.config)
        for p in model.parameters():
            torch.nn.init.normal_(p, std=0.1, generator=noise)
        table = torch.randn(2, variant.config.features, generator=noise)
        gaps = agreement.worst(gaps, agreement.equations(model, naive, {"table": table}))
    return gaps
