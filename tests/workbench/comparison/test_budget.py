"""Budgets are kept by a clock that the test sets; whoever the clock stopped is named as such."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nna.cli import compare as cli
from nna.data.examples import Examples
from nna.spec import Table
from nna.training.progress import Silent
from nna.workbench import fitting
from nna.workbench.comparison import comparison, report
from nna.workbench.comparison.candidates import Candidate
from nna.workbench.comparison.ranking import standing
from nna.workbench.comparison.results import Ranking, Row
from nna.workbench.prepared_data import compose
from nna.workbench.recommendation import recommend
from nna.workbench.recommendation.results import Network, QuickBenchmark


class Clock:
    """Seconds that pass when somebody says so."""

    now = 100.0

    def __call__(self):
        return self.now


@dataclasses.dataclass
class Played:
    """A model that takes its time: to learn in steps until its share is over, and around that."""

    clock: Clock
    learns: float
    around: float
    seconds: float | None
    step: float = 0.5
    told: SimpleNamespace | None = None

    def fit(self, x, y):
        trained = self.learns
        if self.seconds is not None:
            trained = min(trained, max(self.step, np.ceil(self.seconds / self.step) * self.step))
        self.clock.now += trained + self.around
        cut = trained < self.learns
        words = f"stopped by the clock after {trained / self.learns:.3g} of 40 epochs"
        self.fitted_ = SimpleNamespace(
            model=torch.nn.Linear(1, 1), epochs=1, history=(), cut=trained if cut else None,
            stopped=words if cut else None,
        )  # fmt: skip

    def predict(self, x):
        return np.zeros(len(x))


def held(folder, budget, costs, folds=3, trials=1):
    """A comparison of made-up candidates: name -> kind, seconds to learn, seconds around that."""
    clock = Clock()
    x = np.arange(60.0)[:, None]
    port = Table(features=1)
    made = comparison.plan(
        Examples.of(task="regression", port=port, x=x, y=x[:, 0]), "x", folder, folds=folds,
        trials=trials, budget=budget,
    )  # fmt: skip

    def candidate(name, kind, learns, around):
        def make(drawn, seed, seconds):
            return Played(clock, learns, around, seconds if kind == "network" else None)

        return Candidate(name=name, kind=kind, make=make, space={})

    invited = [candidate(name, *of) for name, of in costs.items()]
    made = dataclasses.replace(made, candidates=invited)
    comparison.hold(made, clock=clock)
    return made, clock.now - Clock.now


COSTS = [
    {"ridge": ("baseline", 0.2, 0), "a": ("network", 500, 1), "b": ("network", 500, 0.5)},
    {"trees": ("baseline", 8, 0), "a": ("network", 1, 1), "b": ("network", 900, 2)},
    {"trees": ("baseline", 19, 0), "a": ("network", 50, 1)},
    {"trees": ("baseline", 3, 0), **{f"n{i}": ("network", 30 * i + 5, 0.2 * i) for i in range(5)}},
]


@pytest.mark.parametrize("budget", [60, 90, 600])
@pytest.mark.parametrize("costs", COSTS)
def test_from_a_minute_on_a_budget_is_kept_within_a_fifth(tmp_path, costs, budget):
    made, took = held(tmp_path / "c", budget, costs)
    assert took <= 1.2 * budget
    assert made.spent.took == pytest.approx(took)
    wanted = 3 * sum(learns + around for _, learns, around in costs.values())
    assert took >= 0.8 * min(budget, wanted), "time that was there was not used"
    assert standing(made).rows


def test_without_a_budget_nobody_is_stopped(tmp_path):
    made, _ = held(tmp_path / "c", None, COSTS[0])
    assert [row.stopped for row in standing(made).rows] == [None] * 3
    assert standing(made).budget.says is None


def test_whoever_the_clock_stopped_is_named_so_everywhere(tmp_path, capsys):
    made, _ = held(tmp_path / "c", 60, COSTS[0])
    found = report.write(made)
    row = next(row for row in found.rows if row.name == "a")
    assert row.stopped.startswith("stopped by the clock after 0.0")
    assert row.stopped.endswith("of 40 epochs, in 3 of 3 folds")
    assert row.label == f"a ({row.stopped})"
    assert json.loads((made.folder / "results.json").read_text())["rows"] == found.to_json()["rows"]
    assert row.label in report.path(made).read_text(encoding="utf-8")
    assert row.stopped in found.verdict or "b (stopped" in found.verdict
    cli.show(found)
    assert "stopped by the clock" in " ".join(capsys.readouterr().out.split())


def test_an_overrun_and_folds_that_were_not_played_are_said(tmp_path):
    slow = {"trees": ("baseline", 50, 0), "a": ("network", 5, 1)}
    made, took = held(tmp_path / "c", 20, slow)
    found = report.write(made)
    assert took == 50
    assert [row.name for row in found.rows] == ["trees"]
    assert found.refused == {"a": "there was no time left"}
    assert found.budget.says.startswith("took 50 s of the 20 s asked for, 150% over; no time")
    assert "150% over" in report.path(made).read_text(encoding="utf-8")


def test_folds_that_everyone_has_met_on_decide(tmp_path):
    made, took = held(tmp_path / "c", 60, COSTS[2])
    found = standing(made)
    assert took <= 72
    assert {len(row.folds) for row in found.rows} == {2}
    assert found.budget.says.endswith("ranked by 2 of 3 folds")
    assert report.write(made).rows


def test_dear_baselines_cost_folds_rather_than_all_learning(tmp_path):
    dear = {"trees": ("baseline", 9, 0), "a": ("network", 500, 0), "b": ("network", 500, 0)}
    made, took = held(tmp_path / "c", 60, dear, folds=6)
    learnt = [fit.about.cut for name in "ab" for fit in made.results()[name]]
    assert 48 <= took <= 72
    assert len(learnt) >= 4
    assert min(learnt) >= 4, "a network that learns for a moment only says nothing"


def test_a_second_call_with_more_time_plays_the_rest(tmp_path):
    made, _ = held(tmp_path / "c", 20, {"trees": ("baseline", 50, 0), "a": ("network", 5, 1)})
    assert len(made.missing()) == 5
    made, _ = held(tmp_path / "c", 900, {"trees": ("baseline", 50, 0), "a": ("network", 5, 1)})
    assert not made.missing()
    assert {len(row.folds) for row in standing(made).rows} == {3}


# --- training itself -------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "epochs"), [(1, 0.25), (3, 0.75), (4, 1), (6, 1.5)])
def test_training_stops_within_an_epoch_and_says_how_far_it_came(monkeypatch, steps, epochs):
    """By a clock that goes a second a step."""
    now = [0.0]

    class Seconds(Silent):
        def step(self, done, total):
            now[0] += 1

    x = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    examples = Examples.of(task="regression", port=Table(features=2), x=x, y=x[:, 0])
    material = compose("mlp", {"train": examples, "validation": examples}, {"hidden": (4,)})
    monkeypatch.setattr("nna.training.loop.time.monotonic", lambda: now[0])
    fitted = fitting.fit(
        material, {"epochs": 40, "batch_size": 16}, seconds=steps - 0.5, watcher=Seconds()
    )
    assert fitted.cut == epochs
    assert fitted.stopped == f"stopped by the clock after {epochs:.3g} of 40 epochs"
    assert fitted.history[-1]["validation loss"] > 0
    whole = fitting.fit(material, {"epochs": 2, "batch_size": 16}, seconds=7.5, watcher=Seconds())
    assert whole.stopped is None, "the last step of the last epoch is no step too few"


# --- what is recommended ---------------------------------------------------------------------


def row(name, kind, mean, stopped=None):
    return Row(
        name=name, kind=kind, mean=mean, low=0.0, high=1.0, folds=[], figures={}, seconds=1.0,
        milliseconds_a_row=1.0, watt_hours=1.0, params=None, epochs=[], stopped=stopped, notes=[],
        p=0.5, tied=False,
    )  # fmt: skip


def network(name):
    return Network(
        name=name, family="f", idea="i", advice=(), measured=(), seconds=1.0, megabytes=1.0
    )


def test_no_figure_that_the_clock_cut_is_quoted():
    words = "stopped by the clock after 1 of 40 epochs"
    rows = [
        row("ft", "network", 0.9731, words),
        row("trees", "baseline", 0.95),
        row("mlp", "network", 0.91),
    ]
    seen = Ranking(
        measure="accuracy", higher_is_better=True, rows=rows, pairs=[], refused={}, verdict="",
        budget=None,
    )  # fmt: skip
    told = recommend.first_told(seen)
    assert told.startswith("trees will probably win; the best network in a quick benchmark, mlp,")
    assert told.endswith(
        f"not judged, for the quick benchmark was too short for them: ft ({words})"
    )
    ranked = recommend.ranked([network("ft"), network("mlp")], seen)
    assert [one.name for one in ranked] == ["trees", "mlp", "ft"]
    assert ranked[-1].quick_benchmark == QuickBenchmark(None, None, None, 1.0, words)
    assert "0.9731" not in told
