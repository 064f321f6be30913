"""From numbers to a verdict: pure functions of the declared conditions and what is measured.

Of each part that is measured a condition is met when the whole interval lies on its side of the
bound, refuted when the whole interval lies on the other, undecided otherwise. All intervals of an
experiment hold together with 95 % confidence: each has the level of its share in the family of
what is compared. A verdict needs the same outcome of the first seeds and of fresh ones, measured
after the criterion was declared; a failure needs it of a second test bed and a second budget too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nna.intervals import LEVEL, alike, mean_interval, rate_interval
from nna.lab import catalog, criteria
from nna.lab.experiment import MIN_RATE_SEEDS, MIN_SEEDS, Claim, Condition, Experiment, Part
from nna.lab.record import Evidence, Record

Outcome = Literal["met", "smaller", "refuted", "undecided"]
Verdict = Literal["holds", "holds with limits", "smaller than claimed", "fails", "undecided"]
UNCONFIRMED = "not confirmed"
SECOND: Mapping[Part, str] = {"bed": "second test bed", "budget": "second budget"}


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the seeds of one part say of one condition: the effect in its unit, its interval."""

    seeds: int
    effect: float  # a rate, a mean, or a mean paired difference
    low: float
    high: float
    outcome: Outcome
    censored: int = 0  # runs among them that broke off
    least: int = MIN_SEEDS  # seeds that it takes

    def __str__(self) -> str:
        return f"{self.effect:.3g} [{self.low:.3g}, {self.high:.3g}]"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is measured of one condition, by part, and the outcome that it comes to."""

    condition: Condition
    estimates: Mapping[Part, Estimate]

    @property
    def outcome(self) -> Outcome:
        """What the first seeds and the fresh ones agree on; of the first alone, theirs."""
        said: list[Outcome] = [
            e.outcome for part, e in self.estimates.items() if part not in SECOND
        ]
        return said[0] if said and all(outcome == said[0] for outcome in said) else "undecided"

    @property
    def last(self) -> Estimate | None:
        """The estimate to show where there is room for one: that of the fresh seeds."""
        return self.estimates.get("confirmation", self.estimates.get("first"))

    @property
    def estimate(self) -> str:
        """The effect with its interval."""
        return str(self.last or "")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one claim, where it was measured, and the findings that it follows from."""

    claim: Claim
    scope: str
    findings: tuple[Finding, ...]
    verdict: Verdict
    why: str = ""  # it is undecided, or holds with limits
    earlier: str = ""  # the verdict that the earlier protocol came to

    @property
    def label(self) -> str:
        """The verdict in a few words; that of the earlier protocol as what it is."""
        return f"{self.earlier}, {UNCONFIRMED}" if self.earlier else self.verdict

    @property
    def headline(self) -> str:
        """The verdict with its scope and what stands in its way."""
        return f"{self.label} {self.scope}" + (f" ({self.why})" if self.why else "")


def judge(experiment: Experiment, kept: Evidence) -> tuple[Judgement, ...]:
    """The verdict on each claim of an experiment."""
    judgements = []
    for claim in experiment.claims:
        findings = tuple(find(c, experiment, kept.parts) for c in claim.conditions)
        verdict, why = conclude(claim, findings, experiment, kept)
        earlier = kept.first.earlier.get(claim.row, "undecided") if kept.first.earlier else ""
        judgements.append(Judgement(claim, experiment.scope, findings, verdict, why, earlier))
    return tuple(judgements)


def find(condition: Condition, experiment: Experiment, parts: Mapping[Part, Record]) -> Finding:
    """What each part says of one condition."""
    needs = {condition.of, condition.minus or condition.of}
    return Finding(
        condition,
        {
            part: estimate(condition, experiment, record)
            for part, record in parts.items()
            if needs <= record.columns.keys()  # an earlier result may lack some
        },
    )


def level(experiment: Experiment, looks: int) -> float:
    """The level of one interval of an experiment, so that all of them hold together.

    The family is shared evenly (Bonferroni), so that what decides is the interval that is drawn.
    Each look after the first halves what may be missed: over any number of looks it adds up to no
    more than twice that of the first, in one direction as much as one look in both.
    """
    family = max(1, len(experiment.compared))
    return 1 - (1 - LEVEL) / family / 2 ** max(0, looks - 1)


def estimate(condition: Condition, experiment: Experiment, record: Record) -> Estimate:
    """What the seeds of one part say of one condition."""
    columns, names = record.columns, [condition.of]
    values = np.asarray(columns[condition.of], float)
    if condition.minus is not None:
        names.append(condition.minus)
        values = values - np.asarray(columns[condition.minus], float)
    sides = _sides(condition, record)
    confidence = level(experiment, len(record.looks))
    low, high = interval(values, names, experiment, confidence)
    least = MIN_RATE_SEEDS if experiment.quantities[condition.of].yes_no else MIN_SEEDS
    outcome = decide(condition, low, high) if len(values) >= least else "undecided"
    if outcome != "undecided" and any(sides):
        kept = values[[not side for side in sides]]
        bounds = interval(kept, names, experiment, confidence)
        if not _stands(condition, outcome, sides, decide(condition, *bounds)):
            outcome = "undecided"
    effect = float(values.mean()) if len(values) else float("nan")
    return Estimate(len(values), effect, low, high, outcome, sum(map(bool, sides)), least)


def interval(
    values: np.ndarray, names: Sequence[str], experiment: Experiment, confidence: float
) -> tuple[float, float]:
    """The interval of a rate or a mean, given what is declared of the quantities.

    Values that are all the same say nothing of their spread; without a declared step, or that they
    can't but be the same, the interval is open.
    """
    quantities = [experiment.quantities[name] for name in names]
    if quantities[0].yes_no:
        return rate_interval(values, confidence)
    step = max(quantity.step for quantity in quantities)
    exact = all(quantity.exact for quantity in quantities)
    if alike(values) and not exact and not step:
        return float("-inf"), float("inf")
    return mean_interval(values, confidence, experiment.redrawn, 0.0 if exact else step)


def _sides(condition: Condition, record: Record) -> list[str]:
    """Of each seed on which side of the effect the true one lies, if a run broke off; else ""."""
    of = record.flags(condition.of)
    if condition.minus is None:
        return of
    turned = {"": "", "above": "below", "below": "above", "unknown": "unknown"}
    minus = [turned[side] for side in record.flags(condition.minus)]
    return [
        a if not b or a == b else b if not a else "unknown" for a, b in zip(of, minus, strict=True)
    ]


def _stands(condition: Condition, outcome: Outcome, sides: Sequence[str], without: Outcome) -> bool:
    """Whether the true numbers of runs that broke off can't overturn an outcome.

    They can't where all lie on the side that the outcome speaks for. Of a run that diverged nobody
    knows; then the outcome must be the same without such runs.
    """
    upwards = (condition.at_least is not None) == (outcome == "met")
    helps = "above" if upwards else "below"
    known = {*sides} - {""}
    if outcome == "smaller" or "unknown" in known:
        return without == outcome and known <= {helps, "unknown"}
    return known <= {helps}


def decide(condition: Condition, low: float, high: float) -> Outcome:
    """Whether an interval meets a condition, refutes it, or straddles its bound.

    Smaller than claimed: it lies short of the bound, and beyond no effect.
    """
    if condition.at_least is None:
        assert condition.at_most is not None
        low, high, bound = -high, -low, -condition.at_most
        none = None if condition.no_effect is None else -condition.no_effect
    else:
        bound, none = condition.at_least, condition.no_effect
    if low >= bound:
        return "met"
    if high >= bound:
        return "undecided"
    return "smaller" if none is not None and low > none else "refuted"


def conclude(
    claim: Claim, findings: Iterable[Finding], experiment: Experiment, kept: Evidence
) -> tuple[Verdict, str]:
    """The verdict that findings add up to, and why it is no plainer one.

    One refuted condition refutes the claim, if it is refuted on a second bed and with a second
    budget as well; one undecided leaves it open. Conditions marked as limits can only take a claim
    that holds down to one that holds with limits; so does a bed or a budget where it fails.
    """
    findings = tuple(findings)
    if told := unready(claim, kept):
        return "undecided", told
    essential = [f for f in findings if not f.condition.limit]
    said = {f.outcome for f in essential}
    if "refuted" in said:
        return _refuted(essential, experiment, kept)
    if "undecided" in said:
        return "undecided", _open(next(f for f in essential if f.outcome == "undecided"))
    if "smaller" in said:
        return "smaller than claimed", ""
    limits = [f"not: {f.condition.says}" for f in findings if f.outcome != "met"]
    limits += [
        f"not {experiment.where(part)}"
        for part in SECOND
        if part in kept.others and _there(essential, part) == "fails"
    ]
    return ("holds with limits", "; ".join(limits)) if limits else ("holds", "")


def unready(claim: Claim, kept: Evidence) -> str:
    """Why nothing can be said of a claim yet, whatever the numbers; "" where something can."""
    first, fresh = kept.first, kept.others.get("confirmation")
    if first.quick:
        return "the quick form decides nothing"
    if first.earlier:
        return f"measured with {len(first.measured)} seeds under the earlier protocol"
    if first.missing:
        return f"{len(first.measured)} of {first.asked} seeds measured"
    if fresh is None:
        return "not confirmed on fresh seeds"
    if fresh.missing:
        return f"{len(fresh.measured)} of {fresh.asked} fresh seeds measured"
    if {*fresh.measured} & {*first.measured}:
        return "its confirmation is on seeds that were looked at"
    if not criteria.precedes(fresh.criteria, claim):
        return "its criterion was changed after the confirmation was measured"
    return ""


def _refuted(
    essential: Sequence[Finding], experiment: Experiment, kept: Evidence
) -> tuple[Verdict, str]:
    """What becomes of a claim that is refuted where it was first measured."""
    for part, name in SECOND.items():
        if part not in experiment.elsewhere:
            return "undecided", f"it seems to fail, but there is no {name}"
        if part not in kept.others or kept.others[part].missing:
            return "undecided", f"it seems to fail, but the {name} is not measured"
    there = {part: _there(essential, part) for part in SECOND}
    if all(verdict == "fails" for verdict in there.values()):
        return "fails", ""
    if where := [experiment.where(part) for part in SECOND if there[part] == "holds"]:
        return "holds with limits", f"only {' and '.join(where)}"
    where = [experiment.where(part) for part in SECOND if there[part] != "fails"]
    return "undecided", f"it seems to fail here, not {' or '.join(where)}"


def _there(essential: Sequence[Finding], part: Part) -> Verdict:
    """What the essential conditions say on a second bed or with a second budget."""
    outcomes = {f.estimates[part].outcome for f in essential}
    if "refuted" in outcomes:
        return "fails"
    return "holds" if outcomes == {"met"} else "undecided"


def _open(finding: Finding) -> str:
    """Why a condition is undecided."""
    agreed = [e for part, e in finding.estimates.items() if part not in SECOND]
    says = finding.condition.says
    if len({e.outcome for e in agreed}) > 1:
        return f"the first seeds and the fresh ones differ: {says}"
    if any(e.seeds < e.least for e in agreed):
        return f"fewer seeds than the {agreed[0].least} that it takes: {says}"
    if any(decide(finding.condition, e.low, e.high) != "undecided" for e in agreed):
        return f"it rests on runs that broke off: {says}"
    return f"the interval holds the bound: {says}"


def summary(kept: Evidence) -> list[dict[str, Any]]:
    """The verdict on each claim with what it follows from, as plain data."""
    return [
        {
            "row": judgement.claim.row,
            "says": judgement.claim.says,
            "scope": judgement.scope,
            "verdict": judgement.verdict,
            "label": judgement.label,
            "why": judgement.why,
            "findings": [
                {
                    "says": finding.condition.says,
                    "outcome": finding.outcome,
                    "at_least": finding.condition.at_least,
                    "at_most": finding.condition.at_most,
                    "no_effect": finding.condition.no_effect,
                    "limit": finding.condition.limit,
                    "parts": {
                        part: {
                            "seeds": estimate.seeds,
                            "effect": _plain(estimate.effect),
                            "interval": [_plain(estimate.low), _plain(estimate.high)],
                            "outcome": estimate.outcome,
                            "censored": estimate.censored,
                        }
                        for part, estimate in finding.estimates.items()
                    },
                }
                for finding in judgement.findings
            ],
        }
        for judgement in judge(catalog.describe(kept.first.experiment), kept)
    ]


def _plain(number: float) -> float | None:
    """JSON knows no infinity: an open end is null."""
    return round(number, 6) if math.isfinite(number) else None
