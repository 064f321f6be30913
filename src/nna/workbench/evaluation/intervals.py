"""A measured number and its 95 % interval: one method for shares, one for means.

What each holds at how many rows is simulated in the tests and stated in docs/statistics.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

LEVEL = 0.95
LEAST = 10  # values below which no interval of a mean holds what it says
SYMMETRIC = 1e-6  # skewness from which Hall's transformation differs from a straight line


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number; `low` and `high` bound its 95 % interval.

    None stands for what can't be measured, and `why` says why not.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    higher_is_better: bool = True
    why: str | None = None

    def beats(self, other: Figure) -> bool:
        """Whether this figure is the better one; what isn't measured beats nothing."""
        if self.value is None or other.value is None:
            return False
        return (self.value > other.value) == self.higher_is_better and self.value != other.value

    def to_json(self) -> dict[str, Any]:
        """Plain data; without `why` where there is a number."""
        plain = asdict(self)
        return plain if self.why else {key: of for key, of in plain.items() if key != "why"}


def unknown(why: str, higher_is_better: bool = True) -> Figure:
    """A figure that can't be measured, with the reason."""
    return Figure(None, higher_is_better=higher_is_better, why=why)


def share(hits: float, n: float, higher_is_better: bool = True) -> Figure:
    """A share with Wilson's interval.

    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, J. Am.
    Stat. Assoc. 22. Over all shares it holds 95 % on average; at shares next to 0 and 1 in some
    places less (Brown, Cai, DasGupta 2001, Statistical Science 16).

    Args:
        hits: how many, or a mean of such numbers.
        n: of how many.
        higher_is_better: whether it is.
    """
    from scipy.special import ndtri

    if not n:
        return unknown("there is nothing to count", higher_is_better)
    z, value = float(ndtri((1 + LEVEL) / 2)), hits / n
    middle = (hits + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * math.sqrt(hits * (n - hits) / n + z**2 / 4)
    # of none and of all the ends are exactly 0 and 1; rounding mustn't move them past the share
    low, high = max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half))
    return Figure(value, low if hits else 0.0, high if hits < n else 1.0, higher_is_better)


def mean(
    values: np.ndarray,
    then: Callable[[Any], Any] = lambda v: v,
    higher_is_better: bool = False,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Figure:
    """A mean over examples, put through `then`, with an interval that knows of skewness.

    Student's interval after Hall's transformation (Hall 1992, On the Removal of Skewness by
    Transformation, J. R. Stat. Soc. B 54): errors are skewed, and Student's alone holds 86 % of
    ten squared ones. There is none of fewer than ten values, nor of values that are all equal.

    Args:
        values: one an example, `(n,)`.
        then: a rising function of the mean, such as the root.
        higher_is_better: whether it is.
        bounds: what no mean lies beyond.
    """
    values = np.asarray(values, dtype=np.float64)
    if not len(values):
        return unknown("there is no example", higher_is_better)
    centre = values.mean()
    if not np.isfinite(centre):
        return unknown("it isn't finite", higher_is_better)
    if (found := ends(values)) is None:
        return Figure(float(then(centre)), higher_is_better=higher_is_better)
    low, high = np.clip(found, min(bounds[0], centre), max(bounds[1], centre))
    return Figure(float(then(centre)), float(then(low)), float(then(high)), higher_is_better)


def ends(values: np.ndarray) -> tuple[float, float] | None:
    """The interval of a mean, as `mean` has it; None where there can be none."""
    from scipy.special import stdtrit

    n, centre = len(values), values.mean()
    if n < LEAST or values.min() == values.max():
        return None
    apart = values - centre
    with np.errstate(over="ignore"):
        variance = float(np.mean(apart**2))
    if not 0 < variance < math.inf:  # squares that vanish, or that 64 bits can't hold
        return None
    third = float(np.mean((apart / math.sqrt(variance)) ** 3)) / 3
    reach, shift = float(stdtrit(n - 1, (1 + LEVEL) / 2)) / math.sqrt(n), third / (2 * n)
    spread = math.sqrt(variance * n / (n - 1))
    return (
        float(centre - spread * _back(reach - shift, third)),
        float(centre - spread * _back(-reach - shift, third)),
    )


def _back(y: float, third: float) -> float:
    """Solve w + third w^2 + third^2 w^3 / 3 = y, Hall's cubic without its constant, for w."""
    if abs(third) < SYMMETRIC:
        return y
    return float((np.cbrt(1 + 3 * third * y) - 1) / third)
