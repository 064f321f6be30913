"""What an experiment declares: claims, a protocol, and criteria that could fail. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIN_SEEDS = 5  # fewer never decide anything
Columns = Mapping[str, list[float]]  # quantity -> one number a seed, in the order of the seeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number measured for each seed."""

    about: str
    unit: str
    yes_no: bool = False  # 1 or 0: its mean over the seeds is a rate


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
class Experiment:
    """One file in `experiments`.

    `measure(seed, quick)` gives every declared quantity, finite, and takes all its randomness
    from the seed. `figure` draws the columns of one result.

    Raises:
        ValueError: too few seeds, a claim that nothing could refute, or a condition about an
            undeclared quantity, with no bound or two, or comparing yes and no in pairs.
    """

    title: str
    claims: tuple[Claim, ...]
    protocol: Protocol
    quantities: Mapping[str, Quantity]
    seeds: int
    minutes: float  # about how long the full form takes on two cores
    measure: Callable[[int, bool], dict[str, float]]
    figure: Callable[[Columns], Figure]

    def __post_init__(self) -> None:
        if self.seeds < MIN_SEEDS:
            raise ValueError(f"{self.seeds} seeds decide nothing; take at least {MIN_SEEDS}")
        for claim in self.claims:
            if all(condition.limit for condition in claim.conditions):
                raise ValueError(f"nothing could refute {claim.row}: it has no essential condition")
            for condition in claim.conditions:
                self._check(condition)

    def numbers(self, seed: int, quick: bool) -> dict[str, float]:
        """What `measure` gives, in the order declared.

        Raises:
            ValueError: it gives other quantities than declared, or not finite ones.
        """
        measured = {key: float(value) for key, value in self.measure(seed, quick).items()}
        if measured.keys() != self.quantities.keys():
            odd = sorted(measured.keys() ^ self.quantities.keys())
            raise ValueError(f"{self.title}: declares and measures different quantities: {odd}")
        if bad := [key for key, value in measured.items() if not math.isfinite(value)]:
            raise ValueError(f"{self.title}, seed {seed}: not finite: {bad}")
        return {key: measured[key] for key in self.quantities}

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
        if condition.minus and any(self.quantities[name].yes_no for name in used):
            raise ValueError(f"{condition.says!r}: bound each rate, don't subtract them")
