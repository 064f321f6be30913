import shutil
import sys
import textwrap

import pytest

from nna.lab import catalog, experiments, record, run, structural

TOY = """
from matplotlib.figure import Figure

from nna.lab.experiment import (
    Censored, Claim, Condition, Elsewhere, Experiment, Protocol, Quantity
)


def measure(seed, quick):
    import random

    noise = random.Random(seed).gauss(0, 0.1)
    return {"lost": 1.0 + noise / 10, "new": 3 + noise, "old": 1 - noise}


def figure(columns):
    drawing = Figure()
    drawing.add_subplot(title="<b>toy</b>").plot(columns["new"])
    return drawing


EXPERIMENT = Experiment(
    title="A toy <script>alert(1)</script>",
    scope="on noise",
    claims=(
        Claim(
            row="TOY-1",
            says="New is better than old.",
            by=("Somebody (1900)",),
            conditions=(
                Condition(says="by one", of="new", minus="old", at_least=1),
                Condition(says="by five", of="new", minus="old", at_least=5, limit=True),
            ),
        ),
        Claim(
            row="TOY-2",
            says="It is never lost.",
            by=("Somebody else (1901)",),
            rather="It always is (Nobody, 1902).",
            conditions=(Condition(says="never", of="lost", at_most=0.1),),
        ),
    ),
    protocol=Protocol(data="none", models="none", training="none", measured="noise", quick="no"),
    quantities={
        "lost": Quantity(about="lost", unit="of the runs"),
        "new": Quantity(about="new", unit="points"),
        "old": Quantity(about="old", unit="points"),
    },
    seeds=10,
    minutes=0.1,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on other noise", measure=lambda s, q: measure(s + 5000, q)),
        "budget": Elsewhere(scope="on more noise", measure=lambda s, q: measure(s + 6000, q)),
    },
)
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A laboratory with one experiment, a working folder of its own, and nothing measured."""
    folder = tmp_path / "experiments"
    folder.mkdir()
    (folder / "toy.py").write_text(textwrap.dedent(TOY))
    module = f"{experiments.__name__}.toy"
    monkeypatch.setattr(experiments, "__path__", [str(folder)])
    monkeypatch.setattr(record, "SHIPPED", tmp_path / "shipped")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(structural, "__path__", [])
    _forget(module)
    yield folder / "toy.py"
    _forget(module)


@pytest.fixture
def measured(toy):
    """Measure all that a verdict on the toy needs, as `nna lab run toy` does."""

    def all_of_it(place=None, **how):
        place = place or run.folder("toy", how.get("quick", False))
        for part in record.PARTS[:1] if how.get("quick") else record.PARTS:
            if run.needed("toy", place, part):
                run.run(run.begin("toy", place, part=part, **how), place)
        run.settle("toy", place)
        return record.evidence(place)

    return all_of_it


@pytest.fixture
def rewrite(toy):
    """Replace a piece of the experiment's text; the next to ask for it imports it anew."""

    def replaced(old, new):
        text = toy.read_text()
        assert old in text
        toy.write_text(text.replace(old, new))
        shutil.rmtree(toy.parent / "__pycache__", ignore_errors=True)
        _forget(f"{experiments.__name__}.toy")

    return replaced


TOPIC = """
from nna.lab.check import check, limit, right, text


@check(row="TOY-3", says="One is <two>.", right="It is not.", source="Peano", verdict="fails")
def one():
    yield text("one is two", 1 == 2, 1)
    yield right("one is one", 1 == 1)


@check(row="TOY-4", says="One is odd.", right="So it is.", source="Peano", verdict="fails")
def odd():
    yield text("one is odd", 1 % 2 == 1)
    yield limit("two is", 2 % 2 == 1)
"""


@pytest.fixture
def toy_topic(toy, monkeypatch):
    """The same laboratory, and a topic of two checks; the verdict of the second is misstated."""
    folder = toy.parent.parent / "structural"
    folder.mkdir()
    (folder / "toy_topic.py").write_text(textwrap.dedent(TOPIC).replace("TOY-", "TOY_TOPIC-"))
    module = f"{structural.__name__}.toy_topic"
    monkeypatch.setattr(structural, "__path__", [str(folder)])
    _forget(module)
    yield folder / "toy_topic.py"
    _forget(module)


def _forget(module):
    sys.modules.pop(module, None)
    catalog.names.cache_clear()
    catalog.topics.cache_clear()
