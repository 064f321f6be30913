"""What a training takes, in time and memory: measured on its first steps, told if it is much."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from nna.training.in_memory import Tensors

LONG = 60.0  # seconds from which it is told
ENOUGH = 5.0  # seconds of steps, after the first one, that are timed
BACKWARD = 2.0  # times as long as forward does backward take


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes that training holds at once, by what they hold."""

    parameters: int  # the model's, with its buffers; the best ones are kept beside them
    gradients: int
    moments: int  # what the optimisers keep
    activations: int  # that one batch leaves for its backward pass
    data: int

    @property
    def total(self) -> int:
        """All of them; parameters twice, for the best ones so far."""
        return sum(dataclasses.astuple(self)) + self.parameters


def memory(
    model: nn.Module,
    optimisers: Iterable[torch.optim.Optimizer],
    activations: int,
    parts: Iterable[Tensors],
) -> Memory:
    """What a training holds once a step has been made.

    Args:
        model: in training.
        optimisers: after their first step, so that they have their moments.
        activations: bytes that a batch left for its backward pass; see `Activations`.
        parts: of the data, in memory.
    """
    many = [*optimisers]
    learnt = [p for one in many for group in one.param_groups for p in group["params"]]
    kept = [v for one in many for of in one.state.values() for v in of.values()]
    held = [tensor for part in parts for tensor in part.held()]
    return Memory(
        parameters=_bytes([*model.parameters(), *model.buffers()]),
        gradients=_bytes(learnt),
        moments=_bytes(v for v in kept if isinstance(v, Tensor)),
        activations=activations,
        data=_bytes(held),
    )


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(one.numel() * one.element_size() for one in tensors)


class Activations:
    """Counts what is saved for backward passes; nothing is changed.

    Tensors that share their numbers count once, those of the model itself not at all.
    """

    def __init__(self, model: nn.Module) -> None:
        self._own = {p.untyped_storage().data_ptr() for p in model.parameters()}
        self._seen: dict[int, int] = {}

    @property
    def bytes(self) -> int:
        """All that was saved at once."""
        return sum(self._seen.values())

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count all that is saved meanwhile."""
        with saved_tensors_hooks(self._count, lambda kept: kept):
            yield

    def _count(self, saved: Tensor) -> Tensor:
        storage = saved.untyped_storage()
        if storage.data_ptr() not in self._own:
            self._seen[storage.data_ptr()] = storage.nbytes()
        return saved


def expected(seconds: float, steps: int, train: int, validation: int, batches: int) -> float:
    """Seconds that the rest of a training takes.

    Args:
        seconds: of a step.
        steps: that are left.
        train: examples to learn from.
        validation: examples that are measured after each epoch, forwards only.
        batches: steps of an epoch.
    """
    forward = seconds * batches * validation / max(train, 1) / (1 + BACKWARD)
    return steps * (seconds + forward / max(batches, 1))


def time_and_memory(seconds: float, steps: int, of: Memory, at_most: bool = False) -> str:
    """The line on a long training."""
    word = "at most about" if at_most else "about"
    each = {f.name: getattr(of, f.name) for f in dataclasses.fields(of)}
    parts = ", ".join(f"{name} {size(one)}" for name, one in each.items() if one)
    needs = f"about {size(of.total)} of memory ({parts})"
    return f"{word} {duration(seconds)} for {steps:,} steps, {needs}"


def duration(seconds: float) -> str:
    """A length of time in one unit: "50 s", "3 min", "2.5 h", "4 days"."""
    for unit, long, until in (("s", 1.0, 90), ("min", 60.0, 5400), ("h", 3600.0, 172_800)):
        if seconds < until:
            return f"{seconds / long:.2g} {unit}" if unit == "h" else f"{seconds / long:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"


def size(count: float) -> str:
    """Bytes in one unit: "12 kB", "3.4 MB", "1.2 GB"."""
    for unit, large in (("GB", 1e9), ("MB", 1e6)):
        if count >= large:
            value = count / large
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.2g} {unit}"
    return f"{count / 1e3:.0f} kB"


class Meter:
    """Stands around the steps of a training, and tells of it once, if it will be long.

    Args:
        model: in training.
        optimisers: those of the training.
        parts: training and validation part.
        batches: steps of an epoch.
        at_most: whether patience may end it earlier.
        said: told the line.
        clock: seconds.
    """

    def __init__(  # noqa: PLR0913 - one argument a thing that is measured
        self,
        model: nn.Module,
        optimisers: Iterable[torch.optim.Optimizer],
        parts: tuple[Tensors, Tensors | None],
        batches: int,
        at_most: bool,
        said: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model, self._optimisers, self._parts = model, [*optimisers], parts
        self._batches, self._at_most, self._said, self._clock = batches, at_most, said, clock
        self._activations = Activations(model)
        self._ends, self._over = list[float](), False  # of steps, the first one included

    @contextmanager
    def around(self, left: int) -> Iterator[None]:
        """Around a step, after which so many steps are left."""
        if self._over:
            yield
            return
        with nullcontext() if self._ends else self._activations.counted():
            yield
        self._ends.append(self._clock())
        if len(self._ends) > 1 and self._ends[-1] - self._ends[0] >= ENOUGH:
            self._over = True
            settled = self._ends[(len(self._ends) - 1) // 2 :]  # the earlier half warms up
            self._tell((settled[-1] - settled[0]) / (len(settled) - 1), left)

    def _tell(self, seconds: float, left: int) -> None:
        train, validation = self._parts
        checked = 0 if validation is None else len(validation)
        whole = expected(seconds, left, len(train), checked, self._batches)
        if whole < LONG:
            return
        parts = [part for part in self._parts if part is not None]
        held = memory(self._model, self._optimisers, self._activations.bytes, parts)
        self._said(time_and_memory(whole, left, held, self._at_most))
