"""What the trunk carries: networks of many inputs, lengths and targets, each whole in its folder.

Nothing outside a folder knows of it: its port, task, objective, sampler and data are its own.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import nna
from nna import contract, registry, specimens
from nna.data import catalog
from nna.training.resume_check import differences
from nna.workbench import train as training


@pytest.fixture(scope="module")
def run(known, tmp_path_factory):
    return nna.train(known, known.name, out=tmp_path_factory.mktemp("runs"), quiet=True)


def test_it_keeps_every_promise(known):
    spec = registry.describe(known.name)
    for check in contract.checks(spec):
        contract.run(check, known.name)


def test_it_learns_better_than_chance_and_is_measured(run):
    found, signature = (
        run.results(),
        registry.describe(run.request.architecture.split("/")[0]).signature,
    )
    figure = found["metrics"][signature.metric]
    assert (figure["value"] > signature.threshold) == figure["higher_is_better"]
    report = (run.folder / "report.html").read_text(encoding="utf-8")
    assert signature.metric in report


def test_it_answers_for_every_example_alike_alone_and_among_others(run, known):
    trained = nna.load(run.folder)
    if trained.draws:
        assert len(trained.draw(7)) == 7
        return
    whole = catalog.load(known.name)
    among = trained.answers(whole.take(np.arange(9)))
    for place in (0, 4, 8):
        (alone,) = trained.answers(whole.take(np.arange(place, place + 1)))
        assert _plain(alone) == pytest.approx(_plain(among[place]), abs=2e-4)
    assert len(trained.predict(known.name)) == len(whole)


def _plain(answer):
    return {key: value for key, value in answer.to_json().items() if key != "example"}


def test_cut_off_anywhere_it_goes_on_to_the_same_bits(known):
    spec = registry.describe(known.name)
    rehearsal = contract.rehearsal(known.name, spec)
    whole = rehearsal.whole()
    for step in (1, 2, 4):
        folder = Path(str(known) + f"-{step}")
        folder.mkdir()
        assert not differences(whole, rehearsal.resumed(step, folder))


def test_its_data_are_known_again(run):
    again = training.material_of(run)
    assert again.fingerprint == run.request.data["fingerprint"]
    kept, anew = run.request.preparation, again.preparation.to_json()
    assert json.dumps(kept) == json.dumps(anew)


def test_shapes_alone_are_enough_for_its_figure(known):
    spec = registry.describe(known.name)
    blank = specimens.blank(spec, spec.tiny, full=False)
    assert blank.keys() == specimens.sample(spec, 1).keys()
    assert "<svg" in nna.figure(known).svg
