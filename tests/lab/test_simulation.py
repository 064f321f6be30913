"""How often verdicts err, and how often they decide: the engine on numbers whose truth is known.

Each claim asks for a mean of at least 0; where the true mean is 0, any "holds" and any "fails" is
at the border of an error, so that neither may come more often than the stated level.
"""

import math

import numpy as np
import pytest

from nna.lab import catalog, criteria, record, verdict
from nna.lab.experiment import Claim, Condition, Elsewhere, Experiment, Protocol, Quantity
from nna.lab.record import Evidence, Record

STATED, DRAWS, SEEDS = 0.05, 300, 10
ROWS, TESTED = 200, 80  # of one small data set, and those of it that a seed tests on


def experiment(*, claims=1, seeds=SEEDS, **quantity):
    redrawn = quantity.pop("redrawn", 0.0)
    names = [f"q{k}" for k in range(claims)]
    return Experiment(
        title="",
        scope="",
        claims=tuple(
            Claim(
                row=name,
                says="",
                by=(),
                conditions=(Condition(says="", of=name, at_least=quantity.get("at_least", 0)),),
            )
            for name in names
        ),
        protocol=Protocol(data="", models="", training="", measured="", quick=""),
        quantities={
            name: Quantity(
                about="",
                unit="",
                step=quantity.get("step", 0.0),
                yes_no=quantity.get("yes_no", False),
            )
            for name in names
        },
        seeds=seeds,
        minutes=1,
        measure=lambda seed, quick: {},
        figure=lambda columns: None,  # type: ignore[arg-type,return-value]
        redrawn=redrawn,
        elsewhere={
            part: Elsewhere(scope="", measure=lambda seed, quick: {}) for part in verdict.SECOND
        },
    )


@pytest.fixture
def verdicts(monkeypatch):
    """The engine's verdicts on columns of each part, their criterion declared beforehand."""

    def judged(described, parts):
        monkeypatch.setattr(catalog, "describe", lambda name: described)
        history, kept = criteria.declared({}, described, 0, ""), {}
        for part, columns in parts.items():
            start = record.FRESH if part == "confirmation" else 0
            rows = enumerate(np.transpose(columns).tolist(), start)
            measured = {seed: {f"q{k}": v for k, v in enumerate(row)} for seed, row in rows}
            kept[part] = Record(
                experiment="",
                quick=False,
                asked=len(measured),
                versions={},
                part=part,
                start=start,
                looks=(len(measured),),
                criteria=history,
                measured=measured,
            )
        first = kept.pop("first")
        found = verdict.judge(described, Evidence(first=first, others=kept))
        return [judgement.verdict for judgement in found]

    return judged


def skewed(draw, shape):
    return draw.exponential(1, shape) - 1


def skewed_down(draw, shape):
    return 1 - draw.exponential(1, shape)


def heavy(draw, shape):
    return draw.standard_t(3, shape) / math.sqrt(3)


def counts(draw, shape):
    return draw.binomial(6, 0.8, shape) - 4.8


def tied(draw, shape):
    """Nine runs of ten give the same number."""
    return (draw.random(shape) < 0.1) - 0.1


def normal(draw, shape):
    return draw.standard_normal(shape)


OUTCOMES = {
    "normal": (normal, 0.0),
    "skewed": (skewed, 0.0),
    "skewed down": (skewed_down, 0.0),
    "heavy tails": (heavy, 0.0),
    "counts": (counts, 1.0),
    "tied": (tied, 1.0),
}


def simulate(verdicts, described, drawn, effect=0.0, draws=DRAWS, claims=1):
    """The share of experiments with some claim that holds, and with some that fails."""
    draw, held, failed = np.random.default_rng(0), 0, 0
    for _ in range(draws):
        parts = {part: effect + drawn(draw, (claims, SEEDS)) for part in record.PARTS}
        found = verdicts(described, parts)
        held += any(said.startswith("holds") for said in found)
        failed += "fails" in found
    return held / draws, failed / draws


@pytest.mark.parametrize("name", OUTCOMES)
def test_false_verdicts_are_no_more_than_stated(name, verdicts):
    drawn, step = OUTCOMES[name]
    described = experiment(step=step)
    assert max(simulate(verdicts, described, drawn)) <= STATED


def test_nor_are_they_in_a_family_of_claims(verdicts):
    described = experiment(claims=5)
    assert max(simulate(verdicts, described, normal, claims=5)) <= STATED


def test_nor_of_rates(verdicts):
    described = experiment(yes_no=True, at_least=0.5, seeds=40)
    draw, held, failed = np.random.default_rng(0), 0, 0
    for _ in range(DRAWS):
        parts = {part: (draw.random((1, 40)) < 0.5).astype(float) for part in record.PARTS}
        (found,) = verdicts(described, parts)
        held, failed = held + (found == "holds"), failed + (found == "fails")
    assert max(held, failed) / DRAWS <= STATED


def split_figures(draw, effects):
    """A figure a seed: the mean of the rows that its split of the one data set tests on."""
    return np.array([[draw.choice(effects, TESTED, replace=False).mean() for _ in range(SEEDS)]])


@pytest.mark.parametrize("corrected", [True, False])
def test_redrawn_splits_of_one_set_need_their_correction(corrected, verdicts):
    """Without it, what one small set happens to say passes for what is true of all such data."""
    described = experiment(redrawn=TESTED / (ROWS - TESTED) if corrected else 0.0)
    draw, held = np.random.default_rng(0), 0
    for _ in range(DRAWS):
        effects = draw.standard_normal(ROWS)
        parts = {part: split_figures(draw, effects) for part in ("first", "confirmation")}
        held += verdicts(described, parts) == ["holds"]
    assert held / DRAWS <= STATED if corrected else held / DRAWS > 2 * STATED


@pytest.mark.parametrize("corrected", [True, False])
def test_looking_again_and_again_needs_its_correction(corrected, monkeypatch):
    """Of one set of seeds: extended until it is decided, or ten times as large."""
    described, draw, wrong = experiment(), np.random.default_rng(0), 0
    monkeypatch.setattr(catalog, "describe", lambda name: described)
    (condition,) = described.claims[0].conditions
    for _ in range(DRAWS):
        values = draw.standard_normal(100)
        for look, many in enumerate(range(10, 101, 10), 1):
            confidence = verdict.level(described, look if corrected else 1)
            ends = verdict.interval(values[:many], ["q0"], described, confidence)
            if verdict.decide(condition, *ends) == "met":
                wrong += 1
                break
    assert wrong / DRAWS <= STATED if corrected else wrong / DRAWS > STATED


@pytest.mark.parametrize(("effect", "least"), [(1.0, 0.4), (1.5, 0.9), (2.0, 0.97)])
def test_what_it_finds(effect, least, verdicts):
    """Power, ten seeds and ten fresh ones, by the effect in standard deviations of a run."""
    held, failed = simulate(verdicts, experiment(), normal, effect, draws=150)
    assert held >= least
    assert failed == 0
    held, failed = simulate(verdicts, experiment(), normal, -effect, draws=150)
    assert held == 0
    assert failed >= least**2


def test_what_it_finds_in_pairs_that_are_all_alike(verdicts):
    """Ten times the same count decides what lies further away than a run could hide."""
    described = experiment(step=1.0)
    same = {part: np.full((1, SEEDS), 1.0) for part in record.PARTS}
    assert verdicts(described, same) == ["holds"]
    near = {part: np.full((1, SEEDS), 0.2) for part in record.PARTS}
    assert verdicts(described, near) == ["undecided"]
