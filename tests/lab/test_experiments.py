import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from nna.lab import catalog, claim_figure, criteria, record, run, verdict
from nna.lab.experiment import Experiment
from nna.lab.record import Evidence


def some(*chosen):
    """Every experiment; `make test` takes these few."""
    return [
        name if name in chosen else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in catalog.names()
    ]


def extreme(experiment, claim, meet):
    """Numbers of one seed that clearly meet every condition of a claim, or refute every one."""
    numbers = dict.fromkeys(experiment.quantities, 0.0)
    for condition in claim.conditions:
        up = (condition.at_least is not None) == meet
        yes_no = experiment.quantities[condition.of].yes_no
        numbers[condition.of] = float(up) if yes_no else 1e3 if up else -1e3
    for condition in 2 * claim.conditions:  # what one compares with may be what another is about
        if condition.minus is not None:
            up = (condition.at_least is not None) == meet
            numbers[condition.minus] = numbers[condition.of] - (500 if up else -500)
    return numbers


def quickly(experiment, numbers):
    """The evidence of a quick form, as if every seed had given the same numbers."""
    start = run.begin(experiment, quick=True, fresh=True)
    for seed in range(run.QUICK):
        start = start.plus(seed, numbers, 0.0)
    return Evidence(first=start)


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_the_quick_form_is_still_what_was_stored_and_gives_a_figure_and_no_verdict(
    name, monkeypatch
):
    """Measured once: as declared, by the seed alone, and as when the result was stored."""
    found, measure = [], Experiment.numbers

    def numbers(*asked):
        found.append(measure(*asked))
        return found[-1]

    monkeypatch.setattr(Experiment, "numbers", numbers)
    torch.manual_seed(123)
    before = torch.random.get_rng_state()
    if (record.SHIPPED / name / record.PROBE).is_file():
        told = run.differs(name, record.SHIPPED / name)
        assert told is None, f"{name} is stale ({told}); measure again: nna lab run {name} --store"
    else:  # measured by an earlier text, or not
        stored = record.evidence(record.SHIPPED / name)
        assert stored is None or stored.first.earlier
        run.measure(name, 0, True)
    assert torch.equal(torch.random.get_rng_state(), before)
    for one in found:
        assert one.keys() == catalog.describe(name).quantities.keys()
        assert all(math.isfinite(value) for value in one.values())
    kept = quickly(name, found[0])
    judged = verdict.judge(catalog.describe(name), kept)
    assert {j.verdict for j in judged} == {"undecided"}
    assert all("decides nothing" in j.headline for j in judged)
    drawn = claim_figure.draw(kept)
    assert all(axis.get_xlabel() and axis.get_title() for axis in drawn.axes)


@pytest.mark.slow
@pytest.mark.parametrize("name", some("xor"))
def test_a_figure_is_the_same_text_for_the_same_numbers(name):
    kept = quickly(name, run.measure(name, 0, True)[1])
    assert claim_figure.files(kept) == claim_figure.files(kept)


def made(name, numbers, part: record.Part = "first"):
    """A whole record in which every seed gives about these numbers."""
    experiment = catalog.describe(name)
    start = record.FRESH if part == "confirmation" else 0
    draw = np.random.default_rng(start)
    return record.Record(
        experiment=name,
        quick=False,
        asked=experiment.seeds,
        versions={},
        part=part,
        start=start,
        looks=(experiment.seeds,),
        criteria=criteria.declared({}, experiment, 0, ""),
        measured={
            start + seed: {
                key: value if experiment.quantities[key].yes_no else value + 1e-3 * noise
                for (key, value), noise in zip(numbers.items(), row, strict=True)
            }
            for seed, row in enumerate(draw.random((experiment.seeds, len(numbers))))
        },
    )


@pytest.mark.parametrize("name", catalog.names())
def test_verdicts_follow_the_numbers_and_as_many_seeds_as_declared_can_give_them(name):
    experiment = catalog.describe(name)
    for place, claim in enumerate(experiment.claims):
        for meet in (True, False):
            numbers = extreme(experiment, claim, meet)
            parts: dict[record.Part, record.Record] = {
                part: made(name, numbers, part) for part in record.PARTS
            }
            kept = Evidence(first=parts.pop("first"), others=parts)
            found = verdict.judge(experiment, kept)[place]
            if meet or len(experiment.elsewhere) == 2:
                assert found.verdict == ("holds" if meet else "fails")
            else:
                assert found.verdict == "undecided"
                assert "there is no second" in found.why


@pytest.mark.parametrize("name", catalog.names())
def test_every_headline_has_its_scope(name):
    experiment = catalog.describe(name)
    for scope in (experiment.scope, *(where.scope for where in experiment.elsewhere.values())):
        assert scope.startswith("on ")
        assert len(scope) <= 80


@pytest.mark.parametrize("name", catalog.names())
def test_the_shipped_result_is_read_and_says_what_it_is(name):
    folder = record.SHIPPED / name
    shipped = record.evidence(folder)
    if shipped is None:  # declared, and not measured yet: every list says so
        assert not any(folder.glob("*.svg"))
        return
    assert not shipped.first.quick
    judged = verdict.judge(catalog.describe(name), shipped)
    if shipped.first.earlier:
        assert all("not confirmed" in j.label and j.verdict == "undecided" for j in judged)
    for judgement in judged:
        assert judgement.claim.rather or "holds" in (judgement.verdict, judgement.earlier), (
            f"{judgement.claim.row} doesn't plainly hold; say in `rather` what is right instead"
        )
    if not shipped.missing:
        assert "<svg" in (folder / record.FIGURE).read_text(encoding="utf-8")
        assert {"python", "torch", "nna"} <= set(shipped.first.versions)


@pytest.mark.parametrize("name", catalog.names())
def test_what_is_measured_was_declared_before(name):
    """The criterion that decides stands in the record since before its first number."""
    for part in record.PARTS:
        kept = record.read(record.SHIPPED / name, part)
        if kept is None:
            continue
        for entries in kept.criteria.values():
            assert entries[0]["measured"] == 0
            assert not kept.date or entries[0]["date"] <= kept.date  # none: nothing measured yet


@pytest.mark.slow
def test_several_processes_measure_the_same_as_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start = run.begin("xor", seeds=2, quick=True)
    one, two = (run.run(start, tmp_path / str(jobs), jobs=jobs) for jobs in (1, 2))
    assert one.measured == two.measured


def test_listing_and_describing_import_no_torch():
    code = (
        "import sys; from nna.lab import catalog, record, verdict; "
        "[verdict.judge(catalog.describe(n), found[0]) for n in catalog.names() "
        "if (found := record.newest(n, record.SHIPPED))]; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
