"""What an experiment declares: claims, a protocol, and criteria that could fail. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIN_SEEDS = 10  # fewer never decide anything
MIN_RATE_SEEDS = 40  # nor do fewer decide anything about a rate
Columns = Mapping[str, list[float]]  # quantity -> one number a seed, in the order of the seeds
Measure = Callable[[int, bool], Mapping[str, float]]
Part = Literal["first", "confirmation", "bed", "budget"]  # in the order in which they are measured
Side = Literal["above", "below", "unknown"]


class Censored(float):
    """A number that a run broke off at: a cap was reached, or training diverged."""

    def __new__(cls, value: float, why: str = "", side: Side = "unknown") -> Censored:
        """A number, why the run ended there, and on which side of it the true one lies."""
        made = super().__new__(cls, value)
        made.why, made.side = why, side
        return made

    why: str  # "512 units, the most tried", "the loss was not finite"
    side: Side  # where the true number lies, seen from this one


def ratio(over: float, under: float) -> float:
    """How many times one number is another; at least or at most that, where a run broke off."""
    found = over / under
    turned: dict[Side, Side] = {"above": "below", "below": "above", "unknown": "unknown"}
    sides: set[Side] = {over.side} if isinstance(over, Censored) else set()
    if isinstance(under, Censored):
        sides.add(turned[under.side])
    if not sides:
        return found
    why = next(number.why for number in (over, under) if isinstance(number, Censored))
    side: Side = sides.pop() if len(sides) == 1 else "unknown"
    return Censored(found, why, side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number measured for each seed."""

    about: str
    unit: str
    yes_no: bool = False  # 1 or 0: its mean over the seeds is a rate
    step: float = 0.0  # the least difference that it can show: 1 of a count, 100 / 797 of a share
    exact: bool = False  # the same for every seed by construction, such as a number of parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One statement about the mean of a quantity over the seeds, which the numbers can refute.

    Exactly one of `at_least` and `at_most` is given. With `minus`, the statement is about the
    difference of two quantities of the same seed, so that the seeds are compared in pairs.
    """

    says: str
    of: str
    minus: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    limit: bool = False  # where only such conditions are not met, the claim holds with limits
    no_effect: float | None = None  # beyond it, short of the bound, it is smaller than claimed

    @property
    def statement(self) -> str:
        """What it says, and whether it is a limit."""
        return f"{self.says} (limit)" if self.limit else self.says

    @property
    def bound(self) -> str:
        """The bound in words."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return f"at most {self.at_most:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is claimed in one sentence, by whom, and the conditions under which it holds."""

    row: str  # its number among the claims that the project examines
    says: str
    by: tuple[str, ...]
    conditions: tuple[Condition, ...]
    rather: str = ""  # what is right instead, with its source; needed unless it plainly holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """How it is measured, in words that suffice to repeat it elsewhere."""

    data: str
    models: str
    training: str
    measured: str
    quick: str  # what the quick form cuts; it checks that the experiment runs and decides nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The same quantities on a second test bed, or with a second budget."""

    scope: str
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One file in `experiments`.

    `measure(seed, quick)` gives every declared quantity, finite, and takes all its randomness
    from the seed; a run that broke off gives `Censored` numbers. What it selects, it selects on a
    validation part. `figure` draws the columns of one result.

    Raises:
        ValueError: too few seeds, a claim that nothing could refute, or a condition about an
            undeclared quantity, with no bound or two, or comparing yes and no in pairs.
    """

    title: str
    scope: str  # what every headline says it was measured on: "on 1,000 digits of 8x8, 400 steps"
    claims: tuple[Claim, ...]
    protocol: Protocol
    quantities: Mapping[str, Quantity]
    seeds: int
    minutes: float  # about how long the full form takes on two cores
    measure: Measure
    figure: Callable[[Columns], Figure]
    redrawn: float = 0.0  # test rows over training rows, where seeds redraw one data set's split
    elsewhere: Mapping[Part, Elsewhere] = field(default_factory=dict)  # no claim fails without

    def __post_init__(self) -> None:
        used = {c.of for claim in self.claims for c in claim.conditions}
        rates = any(name in used and quantity.yes_no for name, quantity in self.quantities.items())
        if self.seeds < (least := MIN_RATE_SEEDS if rates else MIN_SEEDS):
            raise ValueError(f"{self.seeds} seeds decide nothing; take at least {least}")
        for claim in self.claims:
            if all(condition.limit for condition in claim.conditions):
                raise ValueError(f"nothing could refute {claim.row}: it has no essential condition")
            for condition in claim.conditions:
                self._check(condition)

    @property
    def compared(self) -> set[tuple[str, str | None]]:
        """What is compared with a bound: the family that the level of an interval is shared by."""
        return {(c.of, c.minus) for claim in self.claims for c in claim.conditions}

    def where(self, part: Part) -> str:
        """The scope of a part of what is measured."""
        return self.elsewhere[part].scope if part in self.elsewhere else self.scope

    def numbers(self, seed: int, quick: bool, part: Part = "first") -> dict[str, float]:
        """What `measure` gives, in the order declared; numbers that runs broke off at as such.

        Raises:
            ValueError: it gives other quantities than declared, or not finite ones.
        """
        measure = self.elsewhere[part].measure if part in self.elsewhere else self.measure
        measured = measure(seed, quick)
        if measured.keys() != self.quantities.keys():
            odd = sorted(measured.keys() ^ self.quantities.keys())
            raise ValueError(f"{self.title}: declares and measures different quantities: {odd}")
        if bad := [key for key, value in measured.items() if not math.isfinite(value)]:
            raise ValueError(f"{self.title}, seed {seed}: not finite: {bad}")
        return {
            key: value if isinstance(value := measured[key], Censored) else float(value)
            for key in self.quantities
        }

    def unit(self, condition: Condition) -> str:
        """The unit of a condition's effect; a difference of two shares is in points."""
        unit = self.quantities[condition.of].unit
        return unit.replace("%", "points", 1) if condition.minus is not None else unit

    def _check(self, condition: Condition) -> None:
        used = [name for name in (condition.of, condition.minus) if name is not None]
        if unknown := [name for name in used if name not in self.quantities]:
            raise ValueError(f"{condition.says!r} is about {unknown}, which nothing measures")
        if (condition.at_least is None) == (condition.at_most is None):
            raise ValueError(f"{condition.says!r} needs a bound: at_least or at_most, not both")
        if condition.no_effect is not None and not self._short(condition):
            raise ValueError(f"{condition.says!r}: no_effect lies beyond the bound")
        if condition.minus and any(self.quantities[name].yes_no for name in used):
            raise ValueError(f"{condition.says!r}: bound each rate, don't subtract them")

    @staticmethod
    def _short(condition: Condition) -> bool:
        assert condition.no_effect is not None
        if condition.at_least is not None:
            return condition.no_effect < condition.at_least
        return condition.no_effect > (condition.at_most or 0.0)
