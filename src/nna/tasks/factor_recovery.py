"""The causes that examples are made of, found without being told: read off a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nna.tasks.base import Brought, Scores

CODE, FACTORS = "code", "factors"  # what a network gives beside its reconstruction; the target
SHOWN = 5  # units that an answer names


class FactorRecovery(Brought):
    """Nothing but examples is learnt from; the factors, `(n, factors)`, only judge the code.

    Each factor is matched with a unit of the code of its own, so that their correlations over the
    test examples, taken as absolute values, are as large as can be together. Their mean is the MCC
    (mean correlation coefficient) of blind source separation: 1 where every factor has a unit that
    follows it alone, up to scale and sign. Hyvärinen and Morioka (2016), Unsupervised Feature
    Extraction by Time-Contrastive Learning and Nonlinear ICA, section 5.
    """

    name = "factor-recovery"
    learns_as = "reconstruction"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """The correlation of every factor with its unit."""
        return {"MCC": (matched(given[CODE], targets[FACTORS]), True)}

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """The units of the code that are largest, the largest first."""
        order = np.argsort(-given[CODE], axis=1, kind="stable")[:, :SHOWN]
        return [{"units": " ".join(map(str, row.tolist()))} for row in order]

    def baselines(self, train: Mapping[str, Any], test: Mapping[str, Any]) -> dict[str, Scores]:
        """The inputs themselves as a code, and all principal components."""
        from sklearn.decomposition import PCA

        rows, new = (_rows(part) for part in (train, test))
        codes = {"inputs": new, "pca": PCA().fit(rows).transform(new)}
        return {name: self.scores({CODE: code}, test) for name, code in codes.items()}

    def target(self, x: Any, given: Any, classes: int, draw: Any) -> Any:
        """Two factors, on or off by a coin."""
        import torch

        return {FACTORS: [torch.randint(2, (2,), generator=draw) for _ in range(len(x))]}


def _rows(part: Mapping[str, Any]) -> np.ndarray:
    """The one input, a row an example."""
    x = np.asarray(next(of for name, of in part.items() if name != FACTORS))
    return x.reshape(len(x), -1)


def matched(code: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Absolute correlations of factors with their units, `(factors,)`; 0 where none is left.

    Args:
        code: of every example, `(n, units)`; a unit that never changes follows nothing.
        factors: of every example, `(n, factors)`.
    """
    from scipy.optimize import linear_sum_assignment

    one, other = (_standardised(np.asarray(of, np.float64)) for of in (factors, code))
    correlations = np.abs(one.T @ other) / len(code)
    factor, unit = linear_sum_assignment(-correlations)
    found = np.zeros(len(correlations))
    found[factor] = correlations[factor, unit]
    return found


def _standardised(of: np.ndarray) -> np.ndarray:
    apart, spread = of - of.mean(0), of.std(0)
    return np.where(spread > 1e-9, apart / np.maximum(spread, 1e-9), 0.0)


TASK = FactorRecovery()
