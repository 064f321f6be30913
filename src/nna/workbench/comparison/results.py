"""What comes of a comparison: each fit, and how the candidates stand; written as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from nna import html
from nna.workbench import as_json

Kind = Literal["network", "baseline"]
Settings = dict[str, Any]  # of a candidate, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """How long a fit took."""

    search: float
    fit: float
    processor: float
    asked: float  # to answer for the test rows
    a_row: float

    @property
    def trained(self) -> float:
        """Until it could be asked."""
        return self.search + self.fit


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a fitted candidate says of itself: a network more than a rule."""

    params: int | None = None
    epochs: int | None = None
    curve: list[Mapping[str, float]] = field(default_factory=list)  # of the losses
    stopped: str | None = None  # in words, where the clock ended its training
    cut: float | None = None  # epochs after which it did
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A candidate on a fold."""

    figures: dict[str, float]
    answers: list[Any]  # to the test rows: shares of the classes, or numbers
    seconds: Seconds
    settings: Settings
    trials: list[Settings]  # each with the figure that it reached
    about: About
    threshold: float | None = None  # where one was chosen

    def to_json(self) -> dict[str, object]:
        """Plain data."""
        return as_json.of(self)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a candidate can't take part."""

    refused: str

    def to_json(self) -> dict[str, object]:
        """Plain data."""
        return as_json.of(self)


def from_json(plain: Mapping[str, Any]) -> Fit | Refused:
    """Back from plain data.

    Raises:
        KeyError: something is missing.
        TypeError: something is too much.
    """
    if "refused" in plain:
        return Refused(plain["refused"])
    seconds = Seconds(**{key.replace(" ", "_"): of for key, of in plain["seconds"].items()})
    return Fit(**{**plain, "seconds": seconds, "about": About(**plain["about"])})


def complete(fits: Sequence[Fit | Refused]) -> list[Fit] | None:
    """The fits of a candidate; None: it was refused."""
    whole = [fit for fit in fits if isinstance(fit, Fit)]
    return whole if len(whole) == len(fits) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How a candidate stands, over all folds."""

    name: str
    kind: Kind
    mean: float
    low: float | None  # of its interval; None: too few folds
    high: float | None
    folds: list[float]
    figures: dict[str, float | None]  # the mean of each
    seconds: float  # a fold
    milliseconds_a_row: float
    watt_hours: float
    params: int | None
    epochs: list[int]
    stopped: str | None  # in words, where the clock ended training on any fold
    notes: list[str]
    p: float | None = None  # of the difference to the first
    tied: bool = True  # with the first: not told apart

    @property
    def label(self) -> str:
        """Its name, and beside it whether the clock ended its training."""
        return f"{self.name} ({self.stopped})" if self.stopped else self.name


@dataclass(frozen=True, slots=True)
class Pair:
    """The probability of a difference between two candidates where there is none."""

    one: str
    other: str
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What came of a budget."""

    asked: float | None  # seconds; None: no limit
    took: float
    unfitted: int  # fits that no time was left for
    says: str | None  # where the budget was not kept, or not all was fitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Who came first, and which differences mean anything."""

    measure: str
    higher_is_better: bool
    rows: list[Row]  # the best first
    pairs: list[Pair]
    refused: dict[str, str]  # why, by name
    verdict: str
    budget: Spent | None
    warnings: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """Plain data."""
        budget = {} if self.budget is None else as_json.of(self.budget, whole=True)
        return {**as_json.of(self, whole=True), "budget": budget}

    def _repr_html_(self) -> str:
        rows = [
            (row.name, row.mean, html.interval(row.low, row.high), row.seconds) for row in self.rows
        ]
        columns = ("", self.measure, "95 % interval", "seconds a fold")
        drawn = html.intervals([(row.name, row.mean, row.low, row.high) for row in self.rows])
        warnings = [html.words(one) for one in self.warnings]
        refused = [html.words(f"{name}: {why}") for name, why in self.refused.items()]
        return html.block(self.verdict, html.table(columns, rows), drawn, *warnings, *refused)
