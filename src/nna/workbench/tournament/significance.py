"""Which differences between contenders mean anything, given that folds share training rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

LEVEL = 0.95
LEAST = 5  # folds below which a spread over folds says nothing: no interval, no probability

Parts = Sequence[np.ndarray]  # for each fold what each of its test rows adds to the figure


def interval(values: np.ndarray, tested: float, floor: float = 0.0) -> tuple[float, float] | None:
    """The 95 % interval of a mean over folds; None of fewer than five, and where nothing varies.

    Args:
        values: one a fold.
        tested: a fold's test rows as a share of its training rows.
        floor: least variance of a fold's figure: what so few test rows bring about.
    """
    from scipy.stats import t

    error = _error(values, tested, floor) if len(values) >= LEAST else 0.0
    if not error:
        return None
    half = t.ppf((1 + LEVEL) / 2, len(values) - 1) * error
    return float(values.mean() - half), float(values.mean() + half)


def p_value(one: np.ndarray, other: np.ndarray, tested: float, floor: float = 0.0) -> float | None:
    """Probability of a mean difference so large where there is none, by the corrected t-test.

    Folds share most of their training rows, so their figures vary too little; the variance is
    raised by the ratio of test to training rows (Nadeau, Bengio 2003, Inference for the
    Generalization Error, Machine Learning 52, section 5). However alike the folds, it is not below
    the variance that drawing so few test rows brings about.

    Args:
        one: figures of the first contender, one a fold.
        other: of the second, on the same folds.
        tested: a fold's test rows as a share of its training rows.
        floor: least variance of a fold's difference, see `unlike`.

    Returns:
        None of fewer than five folds; 1 where all differences are equal and there is no floor.
    """
    from scipy.stats import t

    gaps = one - other
    if len(gaps) < LEAST:
        return None
    error = _error(gaps, tested, floor)
    return float(2 * t.sf(abs(gaps.mean()) / error, len(gaps) - 1)) if error else 1.0


def _error(values: np.ndarray, tested: float, floor: float) -> float:
    return math.sqrt((1 / len(values) + tested) * max(float(values.var(ddof=1)), floor))


def unlike(one: Parts, other: Parts) -> float:
    """The variance of a fold's difference that comes of its test rows being drawn.

    One row on which the two don't differ is counted in: a difference that is the same in every row
    of few is no certainty.

    Args:
        one: what the rows of each fold add to the first contender's figure.
        other: to the second's.
    """
    gaps = [np.append(a - b, 0.0) for a, b in zip(one, other, strict=True)]
    return float(np.mean([gap.var() / (len(gap) - 1) for gap in gaps]))


def drawn(of: Parts, bounds: tuple[float, float]) -> float:
    """The variance of a fold's figure that comes of its test rows being drawn.

    Of a share, a row at each bound is counted in, as all right of few is no certainty.
    """
    ends = np.array(bounds) if np.isfinite(bounds).all() else np.zeros(0)
    return float(np.mean([np.append(rows, ends).var() / len(rows) for rows in of]))


def pairwise(
    figures: Mapping[str, np.ndarray], tested: float, parts: Mapping[str, Parts] | None = None
) -> dict[tuple[str, str], float]:
    """Corrected probabilities of all pairs, by Holm's step-down over as many tests as pairs.

    Args:
        figures: of each contender, one a fold.
        tested: a fold's test rows as a share of its training rows.
        parts: what each test row adds to them, where they are means over rows.

    Returns:
        Nothing of fewer than five folds.
    """
    from statsmodels.stats.multitest import multipletests

    names = list(figures)
    raw: dict[tuple[str, str], float] = {}
    for place, a in enumerate(names):
        for b in names[place + 1 :]:
            floor = unlike(parts[a], parts[b]) if parts else 0.0
            if (chance := p_value(figures[a], figures[b], tested, floor)) is not None:
                raw[a, b] = chance
    if not raw:
        return {}
    corrected = np.asarray(multipletests([*raw.values()], method="holm")[1], dtype=float)
    return dict(zip(raw, corrected.tolist(), strict=True))
