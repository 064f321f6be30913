"""What comes of a recommendation: candidates with their reasons, and the advice; as plain data."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from nna import html
from nna.spec import Advice
from nna.workbench.comparison.results import Row

SHOWN = 6  # candidates in a notebook


@dataclass(frozen=True, slots=True)
class QuickBenchmark:
    """What the quick benchmark showed of a candidate.

    Of a training that the clock ended no figure, for it is none of it.
    """

    mean: float | None
    low: float | None
    high: float | None
    seconds: float
    stopped: str | None = None  # in words, where the clock ended its training

    @classmethod
    def of(cls, row: Row) -> QuickBenchmark:
        """A row of the quick benchmark in short."""
        if row.stopped:
            return cls(None, None, None, row.seconds, row.stopped)
        return cls(row.mean, row.low, row.high, row.seconds)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a network stood in a measured comparison."""

    data: str
    place: int
    among: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A rule or model that is no network, as the quick benchmark saw it."""

    name: str
    quick_benchmark: QuickBenchmark


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """An architecture with its reasons, and what it would take to train it on these examples."""

    name: str
    family: str
    idea: str
    advice: tuple[Advice, ...]
    measured: tuple[Place, ...]
    seconds: float
    megabytes: float
    quick_benchmark: QuickBenchmark | None = None  # None: it wasn't in the quick benchmark
    command: str | None = None  # that trains it; None: the examples are in memory


Candidate = Network | Baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What to try on some data, in order."""

    data: str
    task: str
    port: str
    rows: int
    columns: int
    classes: int
    measure: str | None  # of the quick benchmark; None: there was none
    candidates: tuple[Candidate, ...]
    refused: dict[str, str]  # why networks can't be trained on them, by their names
    advice: str
    notes: tuple[str, ...]
    compare: str | None  # the command that compares them all

    def to_json(self) -> dict[str, Any]:
        """As `nna recommend --json` prints it."""
        candidates = [_candidate(one) for one in self.candidates]
        return {**dataclasses.asdict(self), "candidates": candidates, "notes": [*self.notes]}

    def _repr_html_(self) -> str:
        rows = [
            (place, one.name, _of(one, "idea"), _mean(one), _of(one, "command"))
            for place, one in enumerate(self.candidates[:SHOWN], 1)
        ]
        columns = ("", "candidate", "idea", self.measure or "", "command")
        notes = [html.words(note) for note in self.notes]
        refused = [html.words(f"{name}: {why}") for name, why in self.refused.items()]
        compare = [] if self.compare is None else [html.code(self.compare)]
        return html.block(self.advice, *notes, html.table(columns, rows), *refused, *compare)


def _of(one: Candidate, name: str) -> str:
    return getattr(one, name, None) or ""  # a baseline has none


def _mean(one: Candidate) -> float | None:
    return None if one.quick_benchmark is None else one.quick_benchmark.mean


def _candidate(one: Candidate) -> dict[str, Any]:
    kind = "network" if isinstance(one, Network) else "baseline"
    plain = {"name": one.name, "kind": kind, **dataclasses.asdict(one)}
    if one.quick_benchmark is not None and one.quick_benchmark.stopped is None:
        plain["quick_benchmark"].pop("stopped")
    return {key: [*of] if isinstance(of, tuple) else of for key, of in plain.items()}
