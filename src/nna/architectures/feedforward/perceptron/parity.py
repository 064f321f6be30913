"""The perceptron and its rule beside scikit-learn's, and beside its sums written out."""

import numpy as np
import torch
from sklearn.datasets import load_iris
from sklearn.linear_model import Perceptron as Reference

from nna import agreement
from nna.architectures.feedforward.perceptron.model import Perceptron
from nna.architectures.feedforward.perceptron.spec import VARIANTS, Config
from nna.learning.base import Batch, Turn
from nna.objectives.perceptron_rule import PerceptronRule

PASSES = 10


def scikit_learn() -> dict[str, float]:
    """Both learn from iris, each class against the rest, in one order and at two rates.

    Millimetres, whole numbers, and rates that are powers of two keep every sum exact, so that not
    one decision may differ.
    """
    x, y = load_iris(return_X_y=True)
    x = np.round(10 * x)
    gaps: dict[str, float] = {}
    for rate in (0.25, 8.0):
        theirs = Reference(eta0=rate, shuffle=False)
        model = Perceptron(Config(features=4, classes=3)).double()
        batch = Batch({"table": torch.as_tensor(x)}, {"y": torch.as_tensor(y)})
        for _ in range(PASSES):
            theirs.partial_fit(x, y, classes=np.unique(y))
            PerceptronRule().step(model, {}, batch, Turn(lambda *_: None, rate, progress=0.0))
        pairs = {
            "learnt weights": (model.linear.weight, theirs.coef_),
            "learnt biases": (model.linear.bias, theirs.intercept_),
            "learnt outputs": (model(batch.x), theirs.decision_function(x)),
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
        model = Perceptron(variant.config)
        for p in model.parameters():
            torch.nn.init.normal_(p, std=0.1, generator=noise)
        table = torch.randn(2, variant.config.features, generator=noise)
        gaps = agreement.worst(gaps, agreement.equations(model, naive, {"table": table}))
    return gaps
