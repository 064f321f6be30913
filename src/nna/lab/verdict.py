"""From numbers to a verdict: pure functions of the declared conditions and the measured columns.

A condition is met when the whole 95 % interval lies on its side of the bound, refuted when the
whole interval lies on the other, undecided when the interval straddles the bound or fewer than
five seeds were measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nna.lab.experiment import MIN_SEEDS, Claim, Columns, Condition, Experiment

CONFIDENCE = 0.95

Outcome = Literal["met", "refuted", "undecided"]
Verdict = Literal["holds", "holds with limits", "fails", "undecided"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the seeds say of one condition: the effect in its own unit, and its interval."""

    condition: Condition
    seeds: int
    effect: float  # a rate, a mean, or a mean paired difference
    low: float
    high: float
    outcome: Outcome

    @property
    def estimate(self) -> str:
        """The effect with its interval."""
        return f"{self.effect:.3g} [{self.low:.3g}, {self.high:.3g}]"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one claim, and the findings that it follows from."""

    claim: Claim
    findings: tuple[Finding, ...]
    verdict: Verdict


def judge(experiment: Experiment, columns: Columns) -> tuple[Judgement, ...]:
    """The verdict on each claim of an experiment."""
    judgements = []
    for claim in experiment.claims:
        findings = tuple(find(c, experiment, columns) for c in claim.conditions)
        judgements.append(Judgement(claim, findings, conclude(findings)))
    return tuple(judgements)


def find(condition: Condition, experiment: Experiment, columns: Columns) -> Finding:
    """What the columns say of one condition."""
    values = np.asarray(columns[condition.of], float)
    if condition.minus is not None:
        values = values - np.asarray(columns[condition.minus], float)
    yes_no = experiment.quantities[condition.of].yes_no
    low, high = rate_interval(values) if yes_no else mean_interval(values)
    effect = float(values.mean()) if len(values) else float("nan")
    outcome = decide(condition, low, high) if len(values) >= MIN_SEEDS else "undecided"
    return Finding(condition, len(values), effect, low, high, outcome)


def rate_interval(values: np.ndarray) -> tuple[float, float]:
    """The exact (Clopper-Pearson) interval of a rate; (0, 1) without values.

    Raises:
        ValueError: some value is neither 0 nor 1.
    """
    if not np.isin(values, (0, 1)).all():
        raise ValueError("a quantity that answers yes or no was measured as neither 1 nor 0")
    if not len(values):
        return 0.0, 1.0
    from scipy.special import (
        betaincinv,
    )  # of all of scipy.stats, a reader would wait for the import

    yes, no, tail = int(values.sum()), int((1 - values).sum()), (1 - CONFIDENCE) / 2
    low = float(betaincinv(yes, no + 1, tail)) if yes else 0.0
    high = float(betaincinv(yes + 1, no, 1 - tail)) if no else 1.0
    return low, high


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    """Student's interval of a mean; of paired differences, that of the paired t test.

    The bootstrap's interval would be too narrow for as few values as there are seeds.
    """
    if len(values) < 2:
        return float("-inf"), float("inf")
    if np.allclose(values, values[0], rtol=1e-9, atol=0):
        return float(values[0]), float(values[0])  # no spread: t is not defined
    from scipy.special import stdtrit

    mean, error = values.mean(), values.std(ddof=1) / np.sqrt(len(values))
    reach = stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2) * error
    return float(mean - reach), float(mean + reach)


def decide(condition: Condition, low: float, high: float) -> Outcome:
    """Whether an interval meets a condition, refutes it, or straddles its bound."""
    if condition.at_least is not None:
        met, refuted = low >= condition.at_least, high < condition.at_least
    else:
        assert condition.at_most is not None
        met, refuted = high <= condition.at_most, low > condition.at_most
    return "met" if met else "refuted" if refuted else "undecided"


def conclude(findings: Iterable[Finding]) -> Verdict:
    """The verdict that findings add up to.

    One refuted condition refutes the claim, one undecided leaves it open; conditions marked as
    limits can only take a claim that holds down to one that holds with limits.
    """
    findings = tuple(findings)
    essential = {f.outcome for f in findings if not f.condition.limit}
    if "refuted" in essential:
        return "fails"
    if "undecided" in essential or not essential:
        return "undecided"
    return "holds" if all(f.outcome == "met" for f in findings) else "holds with limits"
