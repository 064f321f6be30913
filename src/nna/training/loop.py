"""The one training loop: every objective, any number of processes, exactly resumable."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from nna import weights
from nna.errors import UserError
from nna.learning.base import Batch, Objective, Turn
from nna.spec import Recipe, Rename
from nna.training import checkpoint, files
from nna.training.checkpoint import Position
from nna.training.cost import Meter
from nna.training.devices import lay_out, plain, sharded
from nna.training.freezing import Frozen
from nna.training.in_memory import Feed, Tensors
from nna.training.optimisers import optimiser_of, shape
from nna.training.progress import Silent, Watcher

if TYPE_CHECKING:
    from lightning_fabric import Fabric

CHECKPOINT = "checkpoint.safetensors"
EVERY = 10.0  # seconds between checkpoints, at the most
AGREE = 50  # steps after which several processes agree whether to pause


class Interrupted(Exception):  # noqa: N818 - it is no error
    """Training was asked to stop, and has left a checkpoint to continue from."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """A metric that a model is judged by on the validation part, after every epoch."""

    name: str
    of: Callable[[nn.Module], tuple[float | None, bool]]  # the figure, and whether higher is better


@dataclass
class Training:
    """One training of one model: everything that a step touches."""

    model: nn.Module
    objective: Objective
    recipe: Recipe
    train: Tensors
    validation: Tensors | None
    fabric: Fabric
    seed: int = 0
    folder: Path | None = None  # where checkpoints and metrics go; nowhere if None
    seconds: float | None = None  # no further step once they have passed
    watcher: Watcher = field(default_factory=Silent)
    monitor: Monitor | None = None  # what the best weights are chosen by, instead of a loss
    renamed: tuple[Rename, ...] = ()  # parameters, since earlier versions wrote a checkpoint

    def __post_init__(self) -> None:
        many = self.fabric.world_size > 1
        self._frozen = Frozen.of(self.model, self.recipe.freeze)
        self.train = self._ready(self.train)
        if self.validation is not None:
            self.validation = self._ready(self.validation)
        lay_out(self.model, self.fabric)
        self.objective = self.objective.begin(self.model)
        if (state := self.objective.state) is not None:
            if sharded(self.fabric):
                raise UserError(
                    f"{self.recipe.objective} keeps a state beside the weights, which can't be in "
                    "shards: --strategy ddp, or one process"
                )
            self.fabric.strategy.precision.convert_module(state).to(self.fabric.device)
        players = self.objective.players(self.model)
        if many and not players:
            raise UserError(f"learning by {self.objective.kind} runs in one process only")
        self.players: dict[str, nn.Module] = {}
        self.optimisers: dict[str, tuple[nn.Module, Any]] = {}
        self._wrapped: dict[str, Any] = {}
        self._recipes = {name: self.objective.recipe_of(name, self.recipe) for name in players}
        self._plain = plain(self.fabric)
        for name, module in players.items():
            self.players[name] = self.fabric.setup_module(module)
            optimiser = optimiser_of(module, self._recipes[name])
            self._wrapped[name] = self.fabric.setup_optimizers(optimiser)
            self.optimisers[name] = (module, optimiser)
            if self._plain:
                self.players[name], self._wrapped[name] = module, optimiser
            self.players[name].train()
        size = self.recipe.batch_size or len(self.train)
        self.size = min(size, len(self.train))
        if many:
            self.size -= self.size % self.fabric.world_size
        left = len(self.train) % self.size
        # One example alone has no statistics of a batch; every epoch's order leaves out another.
        self.steps = len(self.train) // self.size + (left > 1 and not many)
        self.total = self.steps * self.recipe.epochs
        rank, processes = self.fabric.global_rank, self.fabric.world_size
        self.feed = Feed(self.train, self.size, self.seed, self.recipe.augment, rank, processes)
        self.at = Position()
        self._began = self._saved = time.monotonic()
        self.meter: Meter | None = None  # of time and memory, where somebody is to hear of them
        self._stop = threading.Event()
        self._until = math.inf
        self.cut: float | None = None  # epochs after which the clock ended it; None: it did not

    def _ready(self, part: Tensors) -> Tensors:
        return part.named(self.model).with_class_weights(self.recipe.class_weights)

    # --- the loop --------------------------------------------------------------------------

    def run(self) -> Position:
        """Train to the end of the recipe, or until patience runs out; the best weights stay.

        Raises:
            Interrupted: asked to stop (Ctrl-C, SIGTERM); a checkpoint was written.
            UserError: a checkpoint that can't be continued, or figures or weights that are no
                numbers any more.
        """
        torch.manual_seed(self.seed + self.fabric.global_rank)
        if self._file(CHECKPOINT).exists():
            self.at = checkpoint.restore(self._file(CHECKPOINT), self._kept(), self.renamed)
        self._began = time.monotonic() - self.at.elapsed
        self._tell(self.at.history, anew=True)
        if self.seconds is not None:
            self._until = time.monotonic() + self.seconds - self.at.elapsed
        with self._interruptible():
            while not (self._done() or self.cut):
                self._epoch()
                self._pause_point(last_of_epoch=True)
        if self._done():
            self.cut = None
        if self.at.best is not None:
            checkpoint.put_weights(self.model, self.at.best_weights)
        elif (judged := self.objective.evaluated(self.model)) is not self.model:
            checkpoint.put_weights(self.model, checkpoint.weights_of(judged))
        if name := weights.not_finite(checkpoint.weights_of(self.model, everywhere=True)):
            raise UserError(
                f"training ended with values in {name} that are not finite; lower the rate "
                f"({self.recipe.learning_rate:g})"
            )
        return self.at

    def _done(self) -> bool:
        return self.at.epoch >= self.recipe.epochs or self._out_of_patience()

    def _epoch(self) -> None:
        self.model.train()
        self._frozen.keep_still()
        sums = self.at.sums
        while self.at.step < self.steps:
            batch = self.feed.batch(self.at.epoch, self.at.step)
            for name, value in self._step(batch).items():
                sums[name] = sums.get(name, 0.0) + value.detach() * len(batch)
            self.at.seen += len(batch)
            self.at.step += 1
            self.watcher.step(self.at.epoch * self.steps + self.at.step, self.total)
            if time.monotonic() > self._until:
                self.cut = self.at.epoch + self.at.step / self.steps
                break
            if self.at.step < self.steps:
                self._pause_point()
        self._finish_epoch({k: float(v) / self.at.seen for k, v in sums.items()})

    def _step(self, batch: Batch) -> Mapping[str, Tensor]:
        done = self.at.epoch * self.steps + self.at.step
        for name, (_, optimiser) in self.optimisers.items():
            rate = self._rate(self._recipes[name], done)
            for group in optimiser.param_groups:
                group["lr"] = rate * group["share"]
        starts, rate = self.at.step == 0, self._rate(self.recipe, done)
        turn = Turn(self._descend, rate, done / self.total, starts_epoch=starts, step=done)
        if self.meter is None:
            return self.objective.step(self.model, self.players, batch, turn)
        with self.meter.around(self.total - done - 1):
            return self.objective.step(self.model, self.players, batch, turn)

    def announce_cost(self, said: Callable[[str], None]) -> None:
        """Let somebody know, after the first steps, what the training takes, if it is much."""
        optimisers = [optimiser for _, optimiser in self.optimisers.values()]
        parts, at_most = (self.train, self.validation), self.recipe.patience is not None
        self.meter = Meter(self.model, optimisers, parts, self.steps, at_most, said)

    def _rate(self, recipe: Recipe, done: int) -> float:
        return recipe.learning_rate * shape(recipe, done, self.total)

    def _descend(self, player: str, loss: Tensor) -> None:
        recipe = self._recipes[player]
        if not math.isfinite(float(loss.detach())):
            raise UserError(
                f"the loss became {float(loss.detach())} in epoch {self.at.epoch + 1}; "
                f"lower the learning rate ({recipe.learning_rate:g}) or clip the gradient "
                "(--clip-norm 1)"
            )
        module, optimiser = self.players[player], self._wrapped[player]
        optimiser.zero_grad()
        if self._plain:
            loss.backward()
        else:
            self.fabric.backward(loss)
        if recipe.clip_norm is not None:
            norm = self.fabric.clip_gradients(
                module,
                optimiser,  # type: ignore[arg-type]
                max_norm=recipe.clip_norm,
                error_if_nonfinite=False,
            )
            if norm is not None and not math.isfinite(float(norm)):
                raise UserError(
                    f"the gradient's norm became {float(norm)} in epoch {self.at.epoch + 1}; lower "
                    f"the rate ({recipe.learning_rate:g})"
                )
        optimiser.step()

    def _finish_epoch(self, figures: dict[str, float]) -> None:
        self.at.epoch += 1
        self.at.step, self.at.seen, self.at.sums = 0, 0, {}
        if self.validation is not None:
            measured = measure(self._callable(), self.objective, self.validation)
            figures |= {f"validation {k}": v for k, v in measured.items()}
            watched = self._watched(measured, figures)
            if watched is not None and (self.at.best is None or watched < self.at.best):
                self.at.best, self.at.best_epoch = watched, self.at.epoch
                judged = self.objective.evaluated(self.model)
                state = checkpoint.weights_of(judged, everywhere=True)
                self.at.best_weights = {k: v.clone() for k, v in state.items()}
        line = {"epoch": self.at.epoch, **figures}
        self.at.history.append(line)
        self._tell([line])
        self.watcher.epoch(self.at.epoch, self.recipe.epochs, figures)

    def _watched(self, measured: Mapping[str, float], figures: dict[str, float]) -> float | None:
        """What the best weights are chosen by, lower being better; None: nothing tells."""
        if self.objective.watch is None:
            return None
        if self.monitor is None:
            return measured[self.objective.watch]
        training = self.model.training
        value, higher_is_better = self.monitor.of(self._callable())
        self.model.train(training)
        figures[f"validation {self.monitor.name}"] = math.nan if value is None else value
        if value is None or math.isnan(value):
            return None
        return -value if higher_is_better else value

    def _tell(self, lines: list[dict[str, float]], anew: bool = False) -> None:
        """Append to the file of figures; `anew`, as training starts, these are all it holds."""
        if not self.folder or not self.fabric.is_global_zero:
            return
        text = "".join(files.dumps(line) + "\n" for line in lines)
        if anew:
            files.write(self._file("metrics.jsonl"), text)
            return
        with self._file("metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(text)

    def _callable(self) -> nn.Module:
        """What is judged, as the devices need it called."""
        judged = self.objective.evaluated(self.model)
        return self.players.get("model", judged) if judged is self.model else judged

    def _kept(self) -> checkpoint.Kept:
        return checkpoint.Kept(self.model, self.optimisers, self.objective.state)

    def _out_of_patience(self) -> bool:
        patience = self.recipe.patience
        waited = self.at.epoch - self.at.best_epoch
        return patience is not None and self.at.best is not None and waited >= patience

    # --- stopping and continuing -----------------------------------------------------------

    def stop(self) -> None:
        """Leave a checkpoint after the current step, and end by `Interrupted`."""
        self._stop.set()

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """The first Ctrl-C stops after the current step; a second one stops at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(number: int, frame: object) -> None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self.stop()

        before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _pause_point(self, last_of_epoch: bool = False) -> None:
        stop, due = self._stop.is_set(), time.monotonic() - self._saved > EVERY
        if self.fabric.world_size > 1:
            if not last_of_epoch and self.at.step % AGREE:
                return
            stop, due = self.fabric.broadcast((stop, due))
        if self.folder and (stop or due):
            self.at.elapsed = time.monotonic() - self._began
            writes = self.fabric.is_global_zero
            checkpoint.save(self._file(CHECKPOINT), self._kept(), self.at, writes)
            self._saved = time.monotonic()
        if stop:
            raise Interrupted

    def _file(self, name: str) -> Path:
        return (self.folder or Path("/nonexistent")) / name


@torch.no_grad()
def measure(model: nn.Module, objective: Objective, part: Tensors) -> dict[str, float]:
    """The objective's figures on a whole part, in evaluation mode."""
    training = model.training
    model.eval()
    sums: dict[str, float] = {}
    for batch, count in part.everything():
        for name, value in objective.measure(model, batch).items():
            sums[name] = sums.get(name, 0.0) + float(value) * count
    model.train(training)
    return {name: total / len(part) for name, total in sums.items()}
