"""What the trunk carries: networks of many inputs, lengths and targets, each whole in its folder.

Nothing outside a folder knows of it: its port, task, objective, sampler and data are its own.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import nna
from nna import contract, external, registry, specimens
from nna.data import catalog
from nna.training.resume_check import differences
from nna.workbench import train as training

HERE = Path(__file__).parent
IDS = sorted(path.name for path in HERE.iterdir() if (path / "spec.py").is_file())
PARITY = """
from nna import agreement, specimens

from . import model
from .spec import SPEC


def itself():
    made = [getattr(model, SPEC.model.split(":")[1])(SPEC.tiny) for _ in range(2)]
    return agreement.modules(*made, specimens.sample(SPEC, 3))
"""
WORDS = "A sentence of twenty words and a few more, so that whoever counts them is content: " * 2


def lay_out(home: Path, name: str) -> Path:
    """The folder as its author has it, with the card, the parity and the test that all have."""
    folder = home / name
    shutil.copytree(HERE / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    spec = (folder / "spec.py").read_text(encoding="utf-8")
    title = spec.split('    name="')[1].split('"')[0]
    lenses = {lens: WORDS for lens in contract.LENSES}
    lenses["Mathematical foundation"] += "\n\n$$y = f(x)$$\n"
    papers = "".join(f"{i}. Nobody (2000). None.\n" for i in (1, 2, 3))
    lenses["References"] = f"{WORDS}\n\n{papers}\nWeb: one; two\n"
    card = "".join(f"\n## {lens}\n\n{text}\n" for lens, text in lenses.items())
    (folder / "card.md").write_text(f"# {title}\n{card}", encoding="utf-8")
    (folder / "parity.py").write_text(PARITY, encoding="utf-8")
    (folder / f"test_{name}.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=IDS)
def known(request, tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setattr(external, "_modules", {})
    patch.setattr(external, "_folders", {})
    patch.setenv(external.VARIABLE, "")
    folder = lay_out(tmp_path_factory.mktemp("own"), request.param)
    nna.register(folder)
    yield folder
    patch.undo()
    registry.describe.cache_clear()
    for module in [name for name in sys.modules if name.startswith(external.PREFIX)]:
        del sys.modules[module]


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
    return {key: value for key, value in answer.items() if key != "example"}


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
