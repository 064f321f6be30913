"""A structural check: a textbook's sentence that one exact computation decides. No torch.

A check computes facts of three kinds: what the sentence says ("text"), what it says or suggests
too widely ("limit"), and what is right ("right"). The verdict follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nna.lab.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement, whether it was found to be true, and what was found."""

    kind: Literal["text", "limit", "right"]
    says: str
    true: bool
    found: str


def text(says: str, true: bool, found: object = "") -> Fact:
    """What the sentence says."""
    return Fact("text", says, bool(true), str(found))


def limit(says: str, true: bool, found: object = "") -> Fact:
    """What the sentence says or suggests, and could do without."""
    return Fact("limit", says, bool(true), str(found))


def right(says: str, true: bool, found: object = "") -> Fact:
    """What is right; found false, the check itself errs."""
    return Fact("right", says, bool(true), str(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of a topic."""

    row: str  # its number among the claims that the project examines
    says: str  # as textbooks say it
    right: str  # how it should be said
    source: str  # of what is right
    verdict: Verdict  # shown where nothing is computed; every run and the tests compute it anew
    measure: Callable[[], Iterable[Fact]]
    figure: Callable[[], Figure] | None = None  # draws what is computed, where that helps


def check(  # noqa: PLR0913  (one a field)
    *,
    row: str,
    says: str,
    right: str,
    source: str,
    verdict: Verdict,
    figure: Callable[[], Figure] | None = None,
) -> Callable[[Callable[[], Iterable[Fact]]], Check]:
    """Make a check of the function that computes its facts."""

    def made(measure: Callable[[], Iterable[Fact]]) -> Check:
        return Check(
            row=row,
            says=says,
            right=right,
            source=source,
            verdict=verdict,
            measure=measure,
            figure=figure,
        )

    return made


def compute(row: Check) -> tuple[Fact, ...]:
    """The facts of a check, the same every time; the caller's random numbers stay as they were."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return tuple(row.measure())


def draw(row: Check) -> Figure:
    """The figure of a check that has one, the same every time, as `compute`.

    Raises:
        ValueError: it has none.
    """
    import torch

    if row.figure is None:
        raise ValueError(f"{row.row} has no figure")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return row.figure()


def conclude(facts: Iterable[Fact]) -> Verdict:
    """The verdict that facts add up to; undecided where what is called right is found false."""
    facts = tuple(facts)
    said = [fact.true for fact in facts if fact.kind == "text"]
    if not said or not all(fact.true for fact in facts if fact.kind == "right"):
        return "undecided"
    if not all(said):
        return "fails"
    return "holds" if all(fact.true for fact in facts) else "holds with limits"
