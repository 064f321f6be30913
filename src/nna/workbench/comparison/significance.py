"""Which differences between candidates mean anything, given that folds share training rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from nna.intervals import LEVEL, error

LEAST = 5  # folds below which a spread over folds says nothing: no interval, no probability

Parts = Sequence[np.ndarray]  # for each fold what each of its test rows adds to the figure


def interval(values: np.ndarray, tested: float, floor: float = 0.0) -> tuple[float, float] | None:
    """The 95 % interval of a mean over folds; None of fewer than five, and where nothing varies.

    Args:
        values: one a fold.
        tested: a fold's test rows as a share of its training rows.
        floor: least variance of a fold's figure: what so few test rows bring about.
    """
    from scipy.special import stdtrit

    spread = error(values, tested, floor) if len(values) >= LEAST else 0.0
    if not spread:
        return None
    half = float(stdtrit(len(values) - 1, (1 + LEVEL) / 2)) * spread
    return float(values.mean() - half), float(values.mean() + half)


def p_value(one: np.ndarray, other: np.ndarray, tested: float, floor: float = 0.0) -> float | None:
    """Probability of a mean difference so large where there is none, by the corrected t-test.

    Folds share most of their training rows, so their figures vary too little; the variance is
    raised by the ratio of test to training rows (Nadeau, Bengio 2003, Inference for the
    Generalization Error, Machine Learning 52, section 5). However alike the folds, it is not below
    the variance that drawing so few test rows brings about.

    Args:
        one: figures of the first candidate, one a fold.
        other: of the second, on the same folds.
        tested: a fold's test rows as a share of its training rows.
        floor: least variance of a fold's difference, see `unlike`.

    Returns:
        None of fewer than five folds; 1 where all differences are equal and there is no floor.
    """
    from scipy.special import stdtr

    gaps = one - other
    if len(gaps) < LEAST:
        return None
    spread = error(gaps, tested, floor)
    return float(2 * stdtr(len(gaps) - 1, -abs(gaps.mean()) / spread)) if spread else 1.0


def unlike(one: Parts, other: Parts) -> float:
    """The variance of a fold's difference that comes of its test rows being drawn.

    One row on which the two don't differ is counted in: a difference that is the same in every row
    of few is no certainty.

    Args:
        one: what the rows of each fold add to the first candidate's figure.
        other: to the second's.
    """
    gaps = [a - b for a, b in zip(one, other, strict=True)]
    return math.fsum(
        (gap @ gap / (len(gap) + 1) - (gap.sum() / (len(gap) + 1)) ** 2) / len(gap) for gap in gaps
    ) / len(gaps)


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
        figures: of each candidate, one a fold.
        tested: a fold's test rows as a share of its training rows.
        parts: what each test row adds to them, where they are means over rows.

    Returns:
        Nothing of fewer than five folds.
    """
    names = list(figures)
    raw: dict[tuple[str, str], float] = {}
    for place, a in enumerate(names):
        for b in names[place + 1 :]:
            floor = unlike(parts[a], parts[b]) if parts else 0.0
            if (chance := p_value(figures[a], figures[b], tested, floor)) is not None:
                raw[a, b] = chance
    if not raw:
        return {}
    found, highest = dict[tuple[str, str], float](), 0.0
    for rank, pair in enumerate(sorted(raw, key=raw.__getitem__)):
        highest = max(highest, min(1.0, (len(raw) - rank) * raw[pair]))
        found[pair] = highest
    return {pair: found[pair] for pair in raw}
