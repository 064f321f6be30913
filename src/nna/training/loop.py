"""The one training loop: every objective, any number of processes, exactly resumable."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from nna import weights
from nna.errors import UserError
from nna.objectives.base import Batch, Objective, Turn
from nna.spec import Recipe
from nna.training import checkpoint, files
from nna.training.batches import Tensors
from nna.training.checkpoint import EVERYWHERE, Position
from nna.training.devices import lay_out
from nna.training.feed import Feed
from nna.training.optimisers import optimiser_of, shape
from nna.training.watch import Silent, Watcher

if TYPE_CHECKING:
    from lightning_fabric import Fabric

EVERY = 10.0  # seconds between checkpoints, at the most
AGREE = 50  # steps after which several processes agree whether to pause


class Interrupted(Exception):  # noqa: N818 - it is no error
    """Training was asked to stop, and has left a checkpoint to continue from."""


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
    seconds: float | None = None  # no further epoch once they have passed
    watcher: Watcher = field(default_factory=Silent)

    def __post_init__(self) -> None:
        many = self.fabric.world_size > 1
        lay_out(self.model, self.fabric)
        players = self.objective.players(self.model)
        if many and not players:
            raise UserError(f"learning by {self.objective.kind} runs in one process only")
        self.players: dict[str, nn.Module] = {}
        self.optimisers: dict[str, tuple[nn.Module, Any]] = {}
        self._wrapped: dict[str, Any] = {}
        for name, module in players.items():
            self.players[name] = wrapped = self.fabric.setup_module(module)
            optimiser = optimiser_of(module, self.recipe)
            self._wrapped[name] = self.fabric.setup_optimizers(optimiser)
            self.optimisers[name] = (module, optimiser)
            wrapped.train()
        size = self.recipe.batch or len(self.train)
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
        self._sums: dict[str, Any] = {}
        self._best: dict[str, Tensor] = {}
        self._saved = time.monotonic()
        self._stop = threading.Event()

    # --- the loop --------------------------------------------------------------------------

    def run(self) -> Position:
        """Train to the end of the recipe, or until patience runs out; the best weights stay.

        Raises:
            Interrupted: asked to stop (Ctrl-C, SIGTERM); a checkpoint was written.
        """
        torch.manual_seed(self.seed + self.fabric.global_rank)
        if self._file("checkpoint.safetensors").exists():
            self.at = checkpoint.restore(
                self._file("checkpoint.safetensors"), self.model, self.optimisers
            )
            self._cut_metrics()
        started = time.monotonic()
        with self._interruptible():
            while self.at.epoch < self.recipe.epochs and not self._out_of_patience():
                if self.seconds is not None and time.monotonic() - started > self.seconds:
                    break
                self._epoch()
                self._pause_point(last_of_epoch=True)
        if self.at.best is not None:
            self._load_best()
        return self.at

    def _epoch(self) -> None:
        self.model.train()
        self._sums = {k: torch.tensor(v) for k, v in self.at.sums.items()}
        while self.at.step < self.steps:
            batch = self.feed.batch(self.at.epoch, self.at.step)
            for name, value in self._step(batch).items():
                self._sums[name] = self._sums.get(name, 0.0) + value.detach() * len(batch)
            self.at.seen += len(batch)
            self.at.step += 1
            self.watcher.step(self.at.epoch * self.steps + self.at.step, self.total)
            if self.at.step < self.steps:
                self._pause_point()
        self._finish_epoch({k: float(v) / self.at.seen for k, v in self._sums.items()})

    def _step(self, batch: Batch) -> Mapping[str, Tensor]:
        done = self.at.epoch * self.steps + self.at.step
        rate = self.recipe.rate * shape(self.recipe, done, self.total)
        for _, optimiser in self.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = rate * group["share"]
        turn = Turn(self._descend, rate, done / self.total, starts_epoch=self.at.step == 0)
        return self.objective.step(self.model, self.players, batch, turn)

    def _descend(self, player: str, loss: Tensor) -> None:
        if not math.isfinite(float(loss.detach())):
            raise UserError(
                f"the loss became {float(loss.detach())} in epoch {self.at.epoch + 1}; "
                f"lower the rate ({self.recipe.rate:g}) or clip the gradient (--clip 1)"
            )
        module, optimiser = self.players[player], self._wrapped[player]
        optimiser.zero_grad()
        self.fabric.backward(loss)
        if self.recipe.clip is not None:
            norm = self.fabric.clip_gradients(
                module,
                optimiser,  # type: ignore[arg-type]
                max_norm=self.recipe.clip,
                error_if_nonfinite=False,
            )
            if norm is not None and not math.isfinite(float(norm)):
                raise UserError(
                    f"the gradient's norm became {float(norm)} in epoch {self.at.epoch + 1}; lower "
                    f"the rate ({self.recipe.rate:g})"
                )
        optimiser.step()

    def _finish_epoch(self, figures: dict[str, float]) -> None:
        self.at.epoch += 1
        self.at.step, self.at.seen, self.at.sums, self._sums = 0, 0, {}, {}
        if self.validation is not None:
            measured = measure(self._callable(), self.objective, self.validation)
            figures |= {f"validation {k}": v for k, v in measured.items()}
            watched = measured[self.objective.watch] if self.objective.watch else None
            if watched is not None and (self.at.best is None or watched < self.at.best):
                self.at.best, self.at.best_epoch = watched, self.at.epoch
                self._save_best()
        line = {"epoch": self.at.epoch, **figures}
        if self.folder and self.fabric.is_global_zero:
            with self._file("metrics.jsonl").open("a", encoding="utf-8") as file:
                file.write(files.dumps(line) + "\n")
        self.at.lines += 1
        self.watcher.epoch(self.at.epoch, self.recipe.epochs, figures)

    def _callable(self) -> nn.Module:
        """The model as the devices need it called."""
        return self.players.get("model", self.model)

    def _out_of_patience(self) -> bool:
        patience = self.recipe.patience
        waited = self.at.epoch - self.at.best_epoch
        return patience is not None and self.at.best is not None and waited >= patience

    # --- stopping and continuing -----------------------------------------------------------

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """The first Ctrl-C stops after the current step; a second one stops at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(number: int, frame: object) -> None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._stop.set()

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
            self.at.sums = {k: float(v) for k, v in self._sums.items()}
            path = self._file("checkpoint.safetensors")
            writes = self.fabric.is_global_zero
            checkpoint.save(path, self.model, self.optimisers, self.at, writes)
            self._saved = time.monotonic()
        if stop:
            raise Interrupted

    def _file(self, name: str) -> Path:
        return (self.folder or Path("/nonexistent")) / name

    def _cut_metrics(self) -> None:
        path = self._file("metrics.jsonl")
        lines = path.read_text(encoding="utf-8").splitlines(True) if path.exists() else []
        if self.fabric.is_global_zero:
            files.write(path, "".join(lines[: self.at.lines]))

    def _save_best(self) -> None:
        state = checkpoint.weights_of(self.model, EVERYWHERE)
        self._best = {k: v.clone() for k, v in state.items()}
        if self.folder and self.fabric.is_global_zero:
            files.write_tensors(self._file("best.safetensors"), self._best)

    def _load_best(self) -> None:
        best = self._best or weights.read(self._file("best.safetensors"))
        checkpoint.put_weights(self.model, best)


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
