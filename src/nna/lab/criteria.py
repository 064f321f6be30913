"""Which criterion of a claim was declared when: kept in the record of what is measured by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from nna.lab.experiment import Claim, Experiment

History = Mapping[str, tuple[Mapping[str, Any], ...]]  # row of a claim -> its criteria, in time


def stated(claim: Claim) -> list[list[Any]]:
    """What decides a claim: the quantities of its conditions and their bounds, no words."""
    return [[c.of, c.minus, c.at_least, c.at_most, c.no_effect, c.limit] for c in claim.conditions]


def digest(claim: Claim) -> str:
    """A name for a criterion: another whenever anything that decides is."""
    return hashlib.sha256(json.dumps(stated(claim)).encode()).hexdigest()[:16]


def declared(history: History, experiment: Experiment, seeds: int, date: str) -> History:
    """The history with the criteria of today, where they are not the last that it has.

    Args:
        history: so far.
        experiment: its claims.
        seeds: how many are measured already.
        date: now.
    """
    found = {row: tuple(entries) for row, entries in history.items()}
    for claim in experiment.claims:
        before, name = found.get(claim.row, ()), digest(claim)
        if not before or before[-1]["digest"] != name:
            entry = {"date": date, "digest": name, "criterion": stated(claim), "measured": seeds}
            found[claim.row] = (*before, entry)
    return found


def precedes(history: History, claim: Claim) -> bool:
    """Whether a claim's criterion of today was declared before the first seed was measured."""
    entries = history.get(claim.row, ())
    return bool(entries) and entries[-1]["digest"] == digest(claim) and not entries[-1]["measured"]
