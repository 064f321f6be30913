"""What the next step learns from: this process's examples, changed at random by the seed alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from nna.learning.base import Batch
from nna.training.augment import augment
from nna.training.in_memory import AT_ONCE, Tensors


def seeded(*parts: int | str) -> int:
    """A seed from anything that names a draw, so that resuming needs no memory of earlier ones."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:7], "big")


def shuffled(n: int, seed: int, epoch: int) -> Tensor:
    """The order of the examples in an epoch."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(seeded(seed, epoch)))


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
