"""The extreme learning machine beside its equations, unit by unit, and NumPy's pseudo-inverse."""

from math import exp

import numpy as np
import torch
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from nna import agreement
from nna.architectures.feedforward.elm.model import ELM
from nna.architectures.feedforward.elm.spec import VARIANTS, Config
from nna.learning.base import Batch, Turn
from nna.objectives.pseudo_inverse import PseudoInverse


def equations() -> dict[str, float]:
    """Outputs at all sizes; output weights and scores after learning three species of iris."""
    noise = torch.Generator().manual_seed(0)
    gaps: dict[str, float] = {}
    for variant in VARIANTS.values():
        torch.manual_seed(0)
        model = ELM(variant.config)
        table = torch.randn(2, variant.config.features, generator=noise)
        gaps = agreement.worst(gaps, agreement.equations(model, _naive, {"table": table}))
    return gaps | _learnt()


def _naive(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
    return _answers(params["weight"], params["bias"], table) @ params["linear.weight"].T


def _answers(weight: np.ndarray, bias: np.ndarray, table: np.ndarray) -> np.ndarray:
    h = np.empty((len(table), len(bias)))
    for i, x in enumerate(table):
        for unit, (w, b) in enumerate(zip(weight, bias, strict=True)):
            h[i, unit] = 1 / (1 + exp(-(sum(a * c for a, c in zip(w, x, strict=True)) + b)))
    return h


def _learnt() -> dict[str, float]:
    x, species = load_iris(return_X_y=True)
    x = np.asarray(scale(x))
    torch.manual_seed(0)
    model = ELM(Config(features=4, hidden=12, classes=3)).double()
    batch = Batch({"table": torch.as_tensor(x)}, {"y": torch.as_tensor(species)})
    PseudoInverse().step(model, {}, batch, Turn(lambda *_: None, 1.0, progress=0.0))
    h = _answers(model.weight.numpy(), model.bias.numpy(), x)
    beta = np.linalg.pinv(h) @ np.where(species[:, None] == np.arange(3), 1.0, -1.0)
    ours = model.linear.weight.detach().numpy().T
    scores = model(batch.x).detach().numpy()
    return {
        "learnt weights": agreement.gap(ours, beta),
        "learnt scores": agreement.gap(scores, h @ beta),
    }
