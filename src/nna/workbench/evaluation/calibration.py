"""How sure a network may be: by rows that neither training nor stopping has seen."""

from __future__ import annotations

import math

import numpy as np

MOST = 10_000  # rows beyond which calibrating gains nothing
BINS = 15  # of the expected calibration error
RANGE = (-4.0, 4.0)  # of the temperature's logarithm


def temperature(scores: np.ndarray, y: np.ndarray) -> float:
    """What to divide scores by so that their softmax is as sure as it is right.

    Guo, Pleiss, Sun, Weinberger (2017), On Calibration of Modern Neural Networks:
    the one number that makes held-out rows likeliest. However few they are and however well told
    apart, no class is held for certain: as if among n + 1 rows there were one of any class.

    Args:
        scores: of the classes, `(n, classes)`.
        y: class numbers, `(n,)`.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    rows, classes = scores.shape
    target = (np.eye(classes)[y] * rows + 1 / classes) / (rows + 1)

    def cost(logarithm: float) -> float:
        return -float((target * log_softmax(scores / math.exp(logarithm), axis=1)).sum())

    return math.exp(minimize_scalar(cost, bounds=RANGE, method="bounded").x)


def by_halves(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The scores of each half of the rows, divided by the temperature of the other half."""
    first = np.arange(len(y)) % 2 == 0
    if len(y) < 2:
        return scores
    tempered = np.empty_like(scores)
    for half in (first, ~first):
        tempered[half] = scores[half] / temperature(scores[~half], y[~half])
    return tempered


def proven(scores: np.ndarray, y: np.ndarray) -> float:
    """The temperature, where it makes rows likelier that it wasn't chosen by; else 1.

    Args:
        scores: of the classes, `(n, classes)`.
        y: class numbers, `(n,)`.
    """
    from scipy.special import log_softmax

    rows = np.arange(len(y))
    plain, tempered = (
        log_softmax(of, axis=1)[rows, y].sum() for of in (scores, by_halves(scores, y))
    )
    return temperature(scores, y) if tempered > plain else 1.0


def margin(errors: np.ndarray, level: float, independent: float | None = None) -> float:
    """How far from a prediction the truth lies at most, in so many of all cases.

    Split conformal prediction: of n errors of held-out rows the ceil((n + 1) level)-th smallest.
    Where those rows and a new one are drawn alike, the new error is at most that with a
    probability of at least `level`. Lei, G'Sell, Rinaldo, Tibshirani, Wasserman (2018),
    Distribution-Free Predictive Inference for Regression. Infinite where n is too
    small for the level. Errors that hang together count as fewer: of them the share
    (1 + 1 / independent) level is taken, which for n independent ones is the same.

    Args:
        errors: absolute ones, `(n,)`.
        level: share of cases, between 0 and 1.
        independent: as how many independent ones the errors count; None: as many as they are.
    """
    if not len(errors):
        return math.inf
    share = level * (1 + 1 / (independent or len(errors)))
    rank = math.ceil(share * len(errors) - 1e-9)  # 0.9 * 10 is 9, whatever rounding says
    return float(np.sort(errors)[rank - 1]) if rank <= len(errors) else math.inf


def calibration_error(shares: np.ndarray, y: np.ndarray) -> float:
    """Expected calibration error: how far the winner's share is from how often it is right.

    A mean over fifteen bins of equal width, each counting as many times as it has rows; a share on
    the edge of two belongs to the lower one: Guo and others (2017), section 2, equations 2 and 3.

    Args:
        shares: of the classes, `(n, classes)`.
        y: class numbers, `(n,)`.
    """
    sure, right = shares.max(1), shares.argmax(1) == y
    place = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], sure)
    gaps = np.bincount(place, weights=sure - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(y))


def brier(shares: np.ndarray, y: np.ndarray) -> float:
    """Brier's score: the mean squared distance of the shares from what came true, 0 to 2."""
    return float(np.square(shares - np.eye(shares.shape[1])[y]).sum(1).mean())
