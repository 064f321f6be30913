"""The quiz: what texts say, with what sources, computations and measurements say to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nna.app import errata
from nna.lab import catalog
from nna.lab.experiment import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A sentence that is true or false, and what decides it."""

    row: str
    says: str
    true: bool
    because: str  # empty where the verdict alone is known
    by: str  # "by its source", "computed" or "measured"
    address: str  # of the page that shows it, from the site's root


def gather(experiments: Iterable[tuple[str, Experiment, dict[str, str]]]) -> list[Question]:
    """All questions that have a plain answer, by row; what holds within limits has none.

    Args:
        experiments: id, declaration, and the verdict on each row that was measured.
    """
    trials = list(experiments)
    wrong = [
        Question(
            row=entry.row,
            says=entry.says,
            true=False,
            because=entry.right,
            by=entry.by,
            address=entry.address or f"errata.html#{entry.row}",
        )
        for group in errata.gather(trials)
        for entry in group.entries
        if entry.verdict in ("", "fails")
    ]
    found = [*wrong, *_computed(), *_measured(trials)]
    return sorted(found, key=lambda question: (question.row, question.true))


def _computed() -> list[Question]:
    return [
        Question(
            row=check.row,
            says=check.says,
            true=True,
            because=check.right,
            by="computed",
            address=f"lab/topic-{topic}.html#{check.row}",
        )
        for topic in catalog.topics()
        for check in catalog.checks(topic)
        if check.verdict == "holds"
    ]


def _measured(trials: Iterable[tuple[str, Experiment, dict[str, str]]]) -> list[Question]:
    return [
        Question(
            row=claim.row,
            says=claim.says,
            true=True,
            because="",
            by="measured",
            address=f"lab/{name}.html#{claim.row}",
        )
        for name, experiment, verdicts in trials
        for claim in experiment.claims
        if verdicts.get(claim.row) == "holds"
    ]
