"""A small, real training run with a block and one without it, or with its usual alternative."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.lab.blocks import catalog
from nna.lab.blocks.formulas import l1_penalty, l2_penalty
from nna.lab.blocks.panels import Line, Panel
from nna.lab.blocks.trial_data import examples
from nna.lab.blocks.trial_networks import network
from nna.lab.blocks.trial_settings import Setting, against, settings, words
from nna.lab.learn import learn
from nna.learning.base import Batch, Objective, Players, Quantities, Turn
from nna.spec import Recipe
from nna.training import files
from nna.training.in_memory import Tensors
from nna.training.progress import Silent

SEEDS = (0, 1, 2)
ASIDE = 0.2  # share of the training examples that early stopping looks at


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one training, epoch by epoch."""

    seed: int
    loss: list[float]  # on the examples that it learnt from
    test: list[float]  # what is measured, on others
    aside: list[float]  # loss of the examples set aside, where some are
    final: float  # what is measured in the end, or where the loss aside was least


@dataclass(frozen=True, slots=True)
class Effect:
    """A block against another, or against going without."""

    block: str
    against: str
    setting: str  # in words
    unit: str
    higher_is_better: bool
    runs: tuple[Run, ...]
    others: tuple[Run, ...]


UNITS = {
    "accuracy": ("accuracy in percent, on the other digits", True),
    "nearest": ("percent of the other digits nearest to one of their class", True),
    "rmse": ("root of the mean squared error, in standard deviations", False),
}


def effect(name: str) -> Effect:
    """Train with a block and against it, three seeds each; on one thread, so that it repeats.

    Raises:
        UserError: no such block, or a training run says nothing of it.
    """
    block = catalog.describe(name)
    if block.no_trial:
        raise UserError(f"a training run says nothing of {block.name}: {block.no_trial}")
    setting, other = settings(block)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            runs, others = ([run(each, seed) for seed in SEEDS] for each in (setting, other))
    finally:
        torch.set_num_threads(threads)
    unit, higher = UNITS[setting.measured]
    return Effect(
        block.name, against(block), words(block), unit, higher, tuple(runs), tuple(others)
    )


def store(found: Effect) -> Path:
    """Put what came of a trial among what ships with the package: the ends, not the curves."""
    path = catalog.EFFECTS / f"{found.block}.json"
    files.write_json(
        path,
        {
            "against": found.against,
            "setting": found.setting,
            "unit": found.unit,
            "higher_is_better": found.higher_is_better,
            "runs": [round(run.final, 4) for run in found.runs],
            "others": [round(run.final, 4) for run in found.others],
            "torch": torch.__version__,
        },
    )
    return path


def curves(found: Effect) -> tuple[Panel, ...]:
    """What was measured after each epoch, and the loss in training; a line a run."""
    arms: tuple[tuple[str, tuple[Run, ...], Literal["block", "other"]], ...] = (
        (found.against, found.others, "other"),
        (found.block, found.runs, "block"),
    )
    epochs = [*range(1, len(found.runs[0].test) + 1)]
    tests = [Line(label, epochs, run.test, role) for label, runs, role in arms for run in runs]
    losses = [Line(label, epochs, run.loss, role) for label, runs, role in arms for run in runs]
    unit, _, where = found.unit.partition(", ")
    return (
        Panel(where or unit, "epoch", unit, tests),
        Panel("on the examples learnt from", "epoch", "loss", losses),
    )


class _Descent(Objective):
    """Descent by the setting's own optimiser, schedule, loss and penalties.

    To the loop it is a rule: recipes know three optimisers and two schedules, the catalogue more.
    """

    kind = "rule"
    tasks = ()
    watch = None

    def __init__(self, setting: Setting, model: nn.Module, steps: int) -> None:
        self.setting = setting
        more = {"weight_decay": setting.decay} if setting.decay else {}
        self.optimiser = setting.optimiser(model.parameters(), **more)
        self.scheduler = None
        if setting.schedule is not None:
            made, rate = setting.schedule(steps), self.optimiser.param_groups[0]["lr"]
            peak = {"max_lr": rate} if "max_lr" in made.settings else {}
            self.scheduler = made(self.optimiser, **peak)

    def loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """The setting's loss, without penalties."""
        more = {"label_smoothing": self.setting.smoothing} if self.setting.smoothing else {}
        return self.setting.loss(model(**batch.inputs), batch.target, **more)

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """One step; none, once the loss is no number any more."""
        loss = self.loss(model, batch)
        if not math.isfinite(float(loss.detach())):
            return {"loss": torch.tensor(math.nan)}
        weights = [w for w in model.parameters() if w.ndim > 1]
        whole = loss
        if self.setting.l1:
            whole = whole + self.setting.l1 * l1_penalty(weights)
        if self.setting.l2:
            whole = whole + self.setting.l2 * l2_penalty(weights)
        self.optimiser.zero_grad()
        whole.backward()
        if self.setting.clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), self.setting.clip)
        self.optimiser.step()
        if self.scheduler is not None:
            self.scheduler.step()
        return {"loss": loss.detach()}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The loss."""
        return {"loss": self.loss(model, batch)}


class _Curves(Silent):
    """Measures a network after every epoch."""

    def __init__(self, measure: Callable[[], float], aside: Callable[[], float] | None) -> None:
        self.measure, self.look_aside = measure, aside
        self.loss: list[float] = []
        self.test: list[float] = []
        self.aside: list[float] = []

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        """Note the loss of the epoch, and what is measured after it."""
        self.loss.append(figures["loss"])
        self.test.append(self.measure())
        if self.look_aside is not None:
            self.aside.append(self.look_aside())


def run(setting: Setting, seed: int) -> Run:
    """Train once, from a seed that decides data, weights and order."""
    train, test = examples(setting, seed)
    aside = None
    if setting.stopping:
        cut = round(len(train) * (1 - ASIDE))
        assert train.target is not None
        aside = Tensors.pair(train.x[cut:], train.target[cut:])
        train = Tensors.pair(train.x[:cut], train.target[:cut])
    torch.manual_seed(seed)
    outputs = 1 if setting.data == "diabetes" else setting.outputs
    model = network(replace(setting, outputs=outputs), train.x[0].numel())
    steps = setting.epochs * math.ceil(len(train) / setting.batch)
    descent = _Descent(setting, model, steps)
    curves = _Curves(
        lambda: _measure(setting, model, train, test),
        None if aside is None else lambda: _loss_of(descent, model, aside),
    )
    recipe = Recipe(
        objective="", epochs=setting.epochs, batch_size=setting.batch, augment=setting.augment
    )
    learn(model, recipe, train, seed=seed, watcher=curves, objective=descent)
    last = curves.aside.index(min(curves.aside)) if curves.aside else -1
    return Run(seed, curves.loss, curves.test, curves.aside, curves.test[last])


@torch.no_grad()
def _loss_of(descent: _Descent, model: nn.Module, on: Tensors) -> float:
    model.eval()
    return float(descent.loss(model, on.batch(torch.arange(len(on)))))


@torch.no_grad()
def _measure(setting: Setting, model: nn.Module, train: Tensors, test: Tensors) -> float:
    model.eval()
    assert train.target is not None
    assert test.target is not None
    out = model(test.x)
    if setting.measured == "rmse":
        return float((out - test.target).square().mean().sqrt())
    if setting.measured == "nearest":
        labels = train.target[torch.cdist(out, model(train.x)).argmin(1)]
        return 100 * float((labels == test.target).float().mean())
    return 100 * float((out.argmax(1) == test.target).float().mean())
