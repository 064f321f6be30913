"""Intervals of a rate and of a mean, of independent runs or of runs that share their data."""

from __future__ import annotations

import math

import numpy as np

LEVEL = 0.95


def rate_interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """The exact (Clopper-Pearson) interval of a rate; (0, 1) without values.

    Raises:
        ValueError: some value is neither 0 nor 1.
    """
    if not np.isin(values, (0, 1)).all():
        raise ValueError("a quantity that answers yes or no was measured as neither 1 nor 0")
    if not len(values):
        return 0.0, 1.0
    from scipy.special import betaincinv  # of scipy.stats a reader would wait for the import

    yes, no, tail = int(values.sum()), int((1 - values).sum()), (1 - level) / 2
    low = float(betaincinv(yes, no + 1, tail)) if yes else 0.0
    high = float(betaincinv(yes + 1, no, 1 - tail)) if no else 1.0
    return low, high


def mean_interval(
    values: np.ndarray, level: float = LEVEL, tested: float = 0.0, step: float = 0.0
) -> tuple[float, float]:
    """Student's interval of a mean; of paired differences, that of the paired t test.

    The bootstrap's interval would be too narrow for as few values as there are seeds.

    Args:
        values: one a run.
        level: how often it is to hold the mean.
        tested: a run's test rows as a share of its training rows, where the runs redraw the split
            of one data set; 0 of independent runs. See `error`.
        step: the least difference that the measure can show. However alike the values, the
            interval reaches as far as if, as often as so few runs leave open, another run were a
            step away: identical counts are no certainty.
    """
    if len(values) < 2:
        return float("-inf"), float("inf")
    mean, reach = float(values.mean()), step * _unseen(len(values), level, tested)
    if not alike(values):  # without a spread t is not defined
        from scipy.special import stdtrit

        student = float(stdtrit(len(values) - 1, (1 + level) / 2))
        reach = max(reach, student * error(values, tested))
    elif not reach:
        return float(values[0]), float(values[0])
    return mean - reach, mean + reach


def alike(values: np.ndarray) -> bool:
    """Whether all values are the same, but for rounding."""
    return len(values) > 0 and float(np.ptp(values)) <= 1e-9 * abs(float(values[0]))


def error(values: np.ndarray, tested: float = 0.0, floor: float = 0.0) -> float:
    """The standard error of a mean over runs.

    Runs that redraw the split of one data set share most of their training rows, so their figures
    vary too little; the variance is raised by the ratio of test to training rows (Nadeau, Bengio
    2003, Inference for the Generalization Error, Machine Learning 52, section 5).

    Args:
        values: one a run.
        tested: a run's test rows as a share of its training rows; 0 of independent runs.
        floor: least variance of a run's figure.
    """
    count, variance = len(values), float(values.var(ddof=1))
    return math.sqrt(max((1 / count + tested) * variance, floor / count))


def _unseen(count: int, level: float, tested: float) -> float:
    """The greatest rate that goes unseen in all runs with the probability of one tail."""
    return 1 - ((1 - level) / 2) ** (1 / count + tested)
