import dataclasses
import json
import math
import subprocess
import sys

import pytest

from nna.lab import catalog, record, run, verdict
from nna.lab.experiment import MIN_SEEDS


@pytest.fixture(scope="module")
def quick():
    """The quick numbers of an experiment, measured once."""
    kept = {}

    def numbers(name):
        if name not in kept:
            kept[name] = run.measure(name, 0, True)[1]
        return kept[name]

    return numbers


def extreme(experiment, claim, meet):
    """Numbers of one seed that clearly meet every condition of a claim, or refute every one."""
    numbers = dict.fromkeys(experiment.quantities, 0.0)
    for condition in claim.conditions:
        up = (condition.at_least is not None) == meet
        yes_no = experiment.quantities[condition.of].yes_no
        numbers[condition.of] = float(up) if yes_no else 1e3 if up else -1e3
    for condition in claim.conditions:
        if condition.minus is not None:
            numbers[condition.minus] = numbers[condition.of] / 2
    return numbers


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_the_quick_form_measures_what_is_declared(name, quick):
    numbers = quick(name)
    assert numbers.keys() == catalog.describe(name).quantities.keys()
    assert all(math.isfinite(value) for value in numbers.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_the_seed_alone_decides_the_numbers_and_they_are_still_computed(name):
    import torch

    torch.manual_seed(123)
    before = torch.random.get_rng_state()
    told = run.differs(name, record.SHIPPED / name)
    assert told is None, f"{name} is stale ({told}); measure it again: nna lab run {name} --store"
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_the_quick_form_gives_a_verdict_and_a_figure(name, quick):
    start = run.begin(name, quick=True, fresh=True)
    for seed in range(MIN_SEEDS):
        start = start.plus(seed, quick(name), 0.0)
    assert all(claim["verdict"] for claim in record.summary(start))
    drawn = record.draw(start)
    assert all(axis.get_xlabel() and axis.get_title() for axis in drawn.axes)
    assert record.svg(start) == record.svg(start)


@pytest.mark.parametrize("name", catalog.names())
def test_verdicts_follow_the_numbers(name):
    experiment = catalog.describe(name)
    for place, claim in enumerate(experiment.claims):
        for meet, expected in ((True, "holds"), (False, "fails")):
            numbers = extreme(experiment, claim, meet)
            columns = {key: [number] * 100 for key, number in numbers.items()}
            assert verdict.judge(experiment, columns)[place].verdict == expected


@pytest.mark.parametrize("name", catalog.names())
def test_the_shipped_result_is_whole_and_its_verdicts_follow_from_it(name):
    folder = record.SHIPPED / name
    shipped = record.read(folder)
    assert shipped is not None
    assert not shipped.quick
    assert not shipped.missing
    assert len(shipped.measured) == catalog.describe(name).seeds
    assert {"python", "torch", "nna"} <= set(shipped.versions)
    assert "<svg" in (folder / record.FIGURE).read_text(encoding="utf-8")
    kept = json.loads((folder / record.FILE).read_text(encoding="utf-8"))["claims"]
    assert kept == record.summary(shipped)
    for judgement in verdict.judge(catalog.describe(name), shipped.columns):
        assert judgement.claim.rather or judgement.verdict == "holds", (
            f"{judgement.claim.row} doesn't plainly hold; say in `rather` what is right instead"
        )
    worse = extreme(catalog.describe(name), catalog.describe(name).claims[0], False)
    altered = dataclasses.replace(shipped, measured=dict.fromkeys(shipped.measured, worse))
    assert record.summary(altered)[0]["verdict"] == "fails"


@pytest.mark.slow
def test_several_processes_measure_the_same_as_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start = run.begin("xor", seeds=2, quick=True)
    one, two = (run.run(start, tmp_path / str(jobs), jobs=jobs) for jobs in (1, 2))
    assert one.measured == two.measured


def test_listing_and_describing_import_no_torch():
    code = (
        "import sys; from nna.lab import catalog; [catalog.describe(n) for n in catalog.names()]; "
        "from nna.lab import record; [record.newest(n, record.SHIPPED) for n in catalog.names()]; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
