"""Serve data that fit in memory as whole tensors by index: no workers, no copies an example.

What a step learns from is this process's examples, changed at random by the seed alone.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nna import ports
from nna.data.examples import INPUT, TARGET, Examples, Target
from nna.learning.base import Batch
from nna.ports import Field
from nna.spec import Input, Series, Tokens
from nna.training.augment import augment

AT_ONCE = 512  # examples a batch where nothing is learnt
UNNAMED = "input"  # what PyTorch's own modules call the one that they take

Device = torch.device | str


@dataclass(frozen=True, slots=True)
class Ragged:
    """Values that differ in length, or are of several tensors each: collated batch by batch."""

    values: list[Any]
    port: Input

    def __len__(self) -> int:
        return len(self.values)


Values = Tensor | Ragged


@dataclass(frozen=True, slots=True)
class Tensors:
    """One part of the data, adapted, on its device: records, by name."""

    inputs: Mapping[str, Values]
    targets: Mapping[str, Values] = field(default_factory=dict)
    rows: Tensor | None = None  # of one graph: the nodes that are examples
    class_weights: Tensor | None = None  # of the losses of its examples

    @classmethod
    def pair(cls, x: Tensor, target: Tensor | None = None) -> Tensors:
        """Examples of one input, called as PyTorch calls it, and one target at the most."""
        return cls({UNNAMED: x}, {} if target is None else {TARGET: target})

    @classmethod
    def of(cls, examples: Examples, device: Device = "cpu") -> Tensors:
        """The tensors of adapted examples."""
        inputs = {
            UNNAMED if name == INPUT else name: _values(of, device)
            for name, of in examples.inputs.items()
        }
        targets = {name: _target(of, device) for name, of in examples.targets.items()}
        rows = None if examples.rows is None else _tensor(examples.rows, device)
        return cls(inputs, targets, rows)

    @property
    def x(self) -> Tensor:
        """The first input, a tensor: all that there is, as a rule."""
        first = next(iter(self.inputs.values()))
        assert isinstance(first, Tensor)
        return first

    @property
    def target(self) -> Tensor | None:
        """The one target, a tensor; None: there is none, or several."""
        found = [*self.targets.values()]
        return found[0] if len(found) == 1 and isinstance(found[0], Tensor) else None

    @property
    def device(self) -> torch.device:
        """Where the examples lie."""
        first = next(iter(self.inputs.values()))
        while not isinstance(first, Tensor):
            first = first.values[0] if isinstance(first, Ragged) else next(iter(first.values()))
        return first.device

    def held(self) -> Iterator[Tensor]:
        """Every tensor that it holds."""
        for of in (*self.inputs.values(), *self.targets.values()):
            for value in of.values if isinstance(of, Ragged) else [of]:
                yield from value.values() if isinstance(value, Mapping) else (value,)

    def named(self, model: nn.Module) -> Tensors:
        """The same, an input without a name called as the model's `forward` calls its first."""
        if UNNAMED not in self.inputs:
            return self
        first = next(iter(inspect.signature(model.forward).parameters))
        named = {first if name == UNNAMED else name: of for name, of in self.inputs.items()}
        return replace(self, inputs=named)

    def double(self) -> Tensors:
        """The same in double precision."""

        def wider(of: Any) -> Any:
            if isinstance(of, Ragged):
                return replace(of, values=[*map(wider, of.values)])
            if isinstance(of, Mapping):
                return {name: wider(part) for name, part in of.items()}
            return of.double() if of.is_floating_point() else of

        return replace(self, inputs={name: wider(of) for name, of in self.inputs.items()})

    def with_class_weights(self, class_weights: tuple[float, ...]) -> Tensors:
        """The same examples, their losses weighed by their classes; of none, as they are."""
        if not class_weights:
            return self
        return replace(self, class_weights=torch.tensor(class_weights, device=self.device))

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())) if self.rows is None else self.rows)

    def batch(self, index: Tensor) -> Batch:
        """The examples at `index`; of a graph, the whole graph with those nodes marked."""
        if self.rows is not None:
            return Batch(self.inputs, self.targets, self.rows[index], self.class_weights)  # type: ignore[arg-type]
        inputs, targets = dict[str, Tensor](), dict[str, Tensor]()
        for name, of in self.inputs.items():
            inputs |= self._chosen(name, of, index)
        for name, of in self.targets.items():
            targets |= self._chosen(name, of, index, target=True)
        return Batch(inputs, targets, None, self.class_weights, len(index))

    def _chosen(
        self, name: str, of: Values, index: Tensor, target: bool = False
    ) -> dict[str, Tensor]:
        if isinstance(of, Ragged):
            chosen = [of.values[i] for i in index.tolist()]
            return ports.of(of.port).collate(name, of.port, chosen, target)
        return {name: of[index]}

    def everything(self) -> Iterator[tuple[Batch, int]]:
        """All examples in order, in batches, with the number in each."""
        size = len(self) if self.rows is not None else AT_ONCE
        for index in torch.arange(len(self), device=self.device).split(size):
            yield self.batch(index), len(index)


@dataclass
class Feed:
    """The batches of every epoch, as one of several processes sees them.

    Random changes are drawn for many batches at once, which costs little more than for one.
    """

    train: Tensors
    size: int  # examples a step, over all processes
    seed: int
    augment: tuple[str, ...] = ()
    rank: int = 0
    processes: int = 1
    _order: tuple[int, Tensor] | None = None
    _changed: tuple[tuple[int, int], Batch] | None = None
    classes: int = field(init=False)

    def __post_init__(self) -> None:
        target = self.train.target
        counted = self.augment and target is not None and not target.is_floating_point()
        self.classes = int(target.max()) + 1 if counted and target is not None else 0

    def batch(self, epoch: int, step: int) -> Batch:
        """What this process learns from in a step of an epoch."""
        if not self.augment:
            return self.train.batch(self._mine(epoch, step, 1))
        many = max(1, AT_ONCE // self.size)
        chunk = step // many
        if self._changed is None or self._changed[0] != (epoch, chunk):
            self._changed = (epoch, chunk), self._change(epoch, chunk, many)
        whole = self._changed[1]
        share = len(self._mine(epoch, chunk * many, 1))
        start = (step - chunk * many) * share
        mine = slice(start, start + share)
        inputs, targets = (
            {name: of[mine] for name, of in part.items()} for part in (whole.inputs, whole.targets)
        )
        count = len(next(iter(inputs.values())))
        return replace(whole, inputs=inputs, targets=targets, examples=count)

    def _mine(self, epoch: int, step: int, steps: int) -> Tensor:
        if self._order is None or self._order[0] != epoch:
            order = shuffled(len(self.train), self.seed, epoch).to(self.train.device)
            self._order = epoch, order
        start = step * self.size
        return self._order[1][start : start + steps * self.size][self.rank :: self.processes]

    def _change(self, epoch: int, chunk: int, many: int) -> Batch:
        batch = self.train.batch(self._mine(epoch, chunk * many, many))
        own = self.train.device
        with torch.random.fork_rng(devices=[own] if own.type == "cuda" else []):
            torch.manual_seed(seeded(self.seed, epoch, "changes", chunk, self.rank))
            return augment(batch, self.augment, self.classes)


def seeded(*parts: int | str) -> int:
    """A seed from anything that names a draw, so that resuming needs no memory of earlier ones."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:7], "big")


def shuffled(n: int, seed: int, epoch: int) -> Tensor:
    """The order of the examples in an epoch."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(seeded(seed, epoch)))


def ragged(values: Tensor | list[Any] | Values, port: Input | None = None) -> Values:
    """Values as a part of the data holds them; a list's differ in length.

    Args:
        values: a tensor, or a list with a value each.
        port: what they are; None: tokens, or numbers step by step.
    """
    if isinstance(values, Ragged):
        return values
    if isinstance(values, list) or getattr(port, "mask", False):
        return Ragged([*values], port or _kind(values[0]))
    return values


def _kind(value: Any) -> Input:
    whole = torch.is_tensor(value) and not value.is_floating_point()
    return Tokens() if whole else Series()


def _tensor(array: Any, device: Device) -> Tensor:
    array = np.asarray(array)
    kind = torch.float32 if np.issubdtype(array.dtype, np.floating) else torch.int64
    return torch.as_tensor(np.require(array, requirements=["C", "W"])).to(device, kind)


def _values(of: Field, device: Device) -> Values:
    if isinstance(of.values, list):
        return Ragged([_one(value, device) for value in of.values], of.port)
    return ragged(_tensor(of.values, device), of.port)


def _one(value: Any, device: Device) -> Any:
    if isinstance(value, Mapping):
        return {name: _tensor(part, device) for name, part in value.items()}
    return _tensor(value, device)


def _target(of: Target, device: Device) -> Values:
    return _values(of, device) if isinstance(of, Field) else _tensor(of, device)
