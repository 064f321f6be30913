"""Which differences between contenders mean anything, given that folds share training rows."""

from __future__ import annotations

import math

import numpy as np

LEVEL = 0.95


def interval(values: np.ndarray, tested: float) -> tuple[float, float]:
    """The 95 % interval of a mean over folds.

    Args:
        values: one a fold.
        tested: a fold's test rows as a share of its training rows.
    """
    from scipy.stats import t

    if len(values) < 2:
        return -math.inf, math.inf
    half = t.ppf((1 + LEVEL) / 2, len(values) - 1) * _error(values, tested)
    return float(values.mean() - half), float(values.mean() + half)


def p_value(one: np.ndarray, other: np.ndarray, tested: float) -> float:
    """Probability of a mean difference so large where there is none, by the corrected t-test.

    Folds share most of their training rows, so their figures vary too little; the variance is
    raised by the ratio of test to training rows (Nadeau, Bengio 2003, Inference for the
    Generalization Error, Machine Learning 52, section 5).

    Args:
        one: figures of the first contender, one a fold.
        other: of the second, on the same folds.
        tested: a fold's test rows as a share of its training rows.
    """
    from scipy.stats import t

    gaps = one - other
    error = _error(gaps, tested) if len(gaps) > 1 else 0.0
    if error == 0:
        return 1.0 if not gaps.any() or len(gaps) < 2 else 0.0
    return float(2 * t.sf(abs(gaps.mean()) / error, len(gaps) - 1))


def _error(values: np.ndarray, tested: float) -> float:
    return float(np.sqrt((1 / len(values) + tested) * values.var(ddof=1)))


def pairwise(figures: dict[str, np.ndarray], tested: float) -> dict[tuple[str, str], float]:
    """Corrected probabilities of all pairs, by Holm's step-down over as many tests as pairs.

    Args:
        figures: of each contender, one a fold.
        tested: a fold's test rows as a share of its training rows.
    """
    from statsmodels.stats.multitest import multipletests

    names = list(figures)
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    if not pairs:
        return {}
    raw = [p_value(figures[a], figures[b], tested) for a, b in pairs]
    corrected = np.asarray(multipletests(raw, method="holm")[1], dtype=float)
    return dict(zip(pairs, corrected.tolist(), strict=True))
