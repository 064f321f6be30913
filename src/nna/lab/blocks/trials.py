"""A small, real training run with a block and one without it, or with its usual alternative."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.lab.blocks import catalog
from nna.lab.blocks.entries.initialisation import HE_NORMAL
from nna.lab.blocks.entry import (
    Activation,
    Block,
    Code,
    Dropout,
    Initialisation,
    Loss,
    Norm,
    Optimiser,
    Regulariser,
    Schedule,
    find,
)
from nna.lab.blocks.formulas import DropConnect, l1_penalty, l2_penalty
from nna.lab.blocks.panels import Line, Panel
from nna.lab.learn import learn, seeded
from nna.lab.pictures import digits
from nna.learning.base import Batch, Objective, Players, Quantities, Turn
from nna.spec import Recipe
from nna.training import files
from nna.training.in_memory import Tensors
from nna.training.progress import Silent

SEEDS = (0, 1, 2)
ASIDE = 0.2  # share of the training examples that early stopping looks at
FAR = 8.0  # standard deviations that an outlier is off


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One small training."""

    data: Literal["digits", "diabetes"] = "digits"
    train: int = 1000
    noise: float = 0.0  # share of the training labels that are drawn anew
    outliers: float = 0.0  # share of the training targets that are far off
    rare: float = 1.0  # share of the digits 5 to 9 that stay among the training examples
    measured: Literal["accuracy", "nearest", "rmse"] = "accuracy"
    outputs: int = 10
    maps: bool = False  # convolutions, not dense layers
    depth: int = 2
    width: int = 64
    shortcuts: bool = False
    activation: Callable[[], nn.Module] = nn.ReLU
    fill: Code | None = HE_NORMAL  # None: as torch draws weights by itself
    norm: Norm | None = None
    drop: Dropout | None = None
    share: float = 0.5  # that is dropped
    loss: Code = field(default_factory=lambda: Code("torch.nn.functional.cross_entropy"))
    optimiser: Code = field(
        default_factory=lambda: Code("torch.optim.SGD", {"lr": 0.05, "momentum": 0.9})
    )
    schedule: Callable[[int], Code] | None = None
    epochs: int = 15
    batch: int = 64
    l1: float = 0.0
    l2: float = 0.0
    decay: float = 0.0
    smoothing: float = 0.0
    clip: float | None = None
    stopping: bool = False
    augment: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The setting in one line, less what is under trial."""
        if self.data == "diabetes":
            data = f"{self.train} patients of diabetes"
            data += f", {self.outliers:.0%} of the targets far off" if self.outliers else ""
        else:
            data = f"{self.train} digits"
            data += f", {self.noise:.0%} of their labels drawn anew" if self.noise else ""
            data += f", of 5 to 9 only {self.rare:.0%} kept" if self.rare < 1 else ""
        what = "convolutions of" if self.maps else "dense layers of"
        joined = ", with shortcuts" if self.shortcuts else ""
        return f"{data}; {self.depth} {what} {self.width}{joined}; {self.epochs} epochs"


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
BASES: dict[type[Block], dict[str, Any]] = {  # what trials of a kind have in common
    Activation: {
        "depth": 8,
        "optimiser": Code("torch.optim.SGD", {"lr": 0.02, "momentum": 0.9}),
    },
    Initialisation: {"depth": 10},
    Norm: {
        "maps": True,
        "depth": 4,
        "width": 12,
        "epochs": 8,
        "optimiser": Code("torch.optim.Adam", {"lr": 0.003}),
    },
    Dropout: {"train": 300, "noise": 0.2, "width": 256, "epochs": 40},
    Optimiser: {"depth": 3, "epochs": 10},
    Schedule: {
        "depth": 3,
        "epochs": 10,
        "batch": 32,
        "optimiser": Code("torch.optim.SGD", {"lr": 0.1, "momentum": 0.9}),
    },
    Loss: {},
    Regulariser: {},
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


def against(block: Block) -> str:
    """What a block is tried against."""
    default = "torch's default" if isinstance(block, Initialisation) else "without"
    return block.rival or default


def words(block: Block) -> str:
    """What both runs of a trial share, in one line."""
    setting, other = settings(block)
    same = setting.optimiser == other.optimiser
    rule = str(setting.optimiser) if same else f"{setting.optimiser} or {other.optimiser}"
    return f"{setting.words}; {rule.replace('torch.optim.', '')}"


def settings(block: Block) -> tuple[Setting, Setting]:
    """The setting with a block, and the same one against it."""
    base = Setting(**{**BASES[type(block)], **block.trial})
    if isinstance(block, Initialisation):
        suited = catalog.describe(block.suits)
        base = replace(base, **{**_piece(suited), "fill": None})
    rival = catalog.describe(block.rival) if block.rival else None
    other = replace(base, **_piece(rival)) if rival else base
    return replace(base, **_piece(block)), other


def _piece(block: Block) -> Mapping[str, Any]:
    """What a block changes in a setting."""
    return PIECES[type(block)](block)


def _with_its_weights(block: Activation) -> dict[str, Any]:
    suited = catalog.describe(block.fill)
    assert isinstance(suited, Initialisation)
    return {"activation": partial(_activation, block), "fill": suited.fill}


PIECES: dict[type[Block], Callable[[Any], Mapping[str, Any]]] = {
    Activation: _with_its_weights,
    Initialisation: lambda block: {"fill": block.fill},
    Norm: lambda block: {"norm": block},
    Dropout: lambda block: {"drop": block},
    Optimiser: lambda block: {"optimiser": block.step},
    Schedule: lambda block: {"schedule": block.scheduler},
    Loss: lambda block: {"loss": block.train},
    Regulariser: lambda block: block.piece,
}


def _activation(block: Activation) -> nn.Module:
    """PyTorch's layer, or the function as one."""
    found = find(block.where[0])
    return found() if isinstance(found, type) else _Function(found)


class _Function(nn.Module):
    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, z: Tensor) -> Tensor:
        """What the function makes of it."""
        return self.function(z)


# --- Networks ---------------------------------------------------------------------------------


class _Residual(nn.Module):
    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, x: Tensor) -> Tensor:
        """Input and branch, added."""
        return x + self.branch(x)


def network(setting: Setting, features: int) -> nn.Module:
    """The network of a setting, its weights drawn from torch's current seed."""
    net = _maps(setting) if setting.maps else _dense(setting, features)
    for module in net.modules():
        if isinstance(module, nn.Linear | nn.Conv2d) and setting.fill is not None:
            weight = module.weight.data
            setting.fill(weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    if setting.norm is not None and setting.norm.wraps:
        for module in [m for m in net.modules() if isinstance(m, nn.Conv2d)]:
            setting.norm.layer(module)
    return net


def _dense(setting: Setting, features: int) -> nn.Sequential:
    net, width, drop = nn.Sequential(nn.Flatten()), features, setting.drop
    for number in range(setting.depth):
        layer: nn.Module = nn.Linear(width, setting.width)
        if drop is not None and drop.on == "weights":
            layer = DropConnect(setting.share, width, setting.width)
        parts = [layer, setting.activation()]
        if drop is not None and drop.on in ("features", "branch"):
            parts.append(drop.layer(setting.share))
        block = nn.Sequential(*parts)
        net.append(_Residual(block) if setting.shortcuts and number > 0 else block)
        width = setting.width
    return net.append(nn.Linear(width, setting.outputs))


def _maps(setting: Setting) -> nn.Sequential:
    net, channels = nn.Sequential(), 1
    for number in range(setting.depth):
        net.append(nn.Conv2d(channels, setting.width, 3, padding=1))
        channels = setting.width
        if setting.norm is not None and not setting.norm.wraps:
            net.append(setting.norm.layer(channels))
        net.append(setting.activation())
        if number == 1:
            net.append(nn.MaxPool2d(2))
        if setting.drop is not None and number > 0:
            net.append(setting.drop.layer(setting.share))
    return net.extend([nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, setting.outputs)])


# --- Data -------------------------------------------------------------------------------------


def examples(setting: Setting, seed: int) -> tuple[Tensors, Tensors]:
    """What to learn from, spoilt as the setting says, and what to test on, as it is."""
    draw = seeded(seed, "trial")
    if setting.data == "diabetes":
        return _patients(setting, draw)
    train, test = digits(seed, setting.train)
    assert train.target is not None
    x, target = train.x, train.target.clone()
    if setting.rare < 1:
        kept = (target < 5) | (torch.rand(len(target), generator=draw) < setting.rare)
        x, target = x[kept], target[kept]
    wrong = torch.rand(len(target), generator=draw) < setting.noise
    anew = torch.randint(0, 10, target.shape, generator=draw)
    return Tensors.pair(x, torch.where(wrong, anew, target)), test


def _patients(setting: Setting, draw: torch.Generator) -> tuple[Tensors, Tensors]:
    from nna.data import catalog as data

    whole = Tensors.of(data.load("diabetes"))
    assert whole.target is not None
    order = torch.randperm(len(whole), generator=draw)
    kept, rest = order[: setting.train], order[setting.train :]
    x, y = whole.x, whole.target.flatten()[:, None]
    x, y = ((z - z[kept].mean(0)) / z[kept].std(0) for z in (x, y))
    off = torch.rand(len(kept), 1, generator=draw) < setting.outliers
    return Tensors.pair(x[kept], y[kept] + FAR * off), Tensors.pair(x[rest], y[rest])


# --- Training ---------------------------------------------------------------------------------


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
