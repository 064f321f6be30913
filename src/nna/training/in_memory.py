"""Serve data that fit in memory as whole tensors by index: no workers, no copies an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from nna.data.examples import Examples
from nna.objectives.base import Batch

AT_ONCE = 512  # examples a batch where nothing is learnt


@dataclass(frozen=True, slots=True)
class Tensors:
    """One part of the data, adapted, on its device."""

    x: Tensor
    target: Tensor | None
    edges: Tensor | None = None
    rows: Tensor | None = None
    class_weights: Tensor | None = None  # of the losses of its examples

    @classmethod
    def of(cls, examples: Examples, device: torch.device | str = "cpu") -> Tensors:
        """The tensors of adapted examples."""

        def tensor(array: np.ndarray | None) -> Tensor | None:
            if array is None:
                return None
            kind = torch.float32 if np.issubdtype(array.dtype, np.floating) else torch.int64
            return torch.as_tensor(np.require(array, requirements=["C", "W"])).to(device, kind)

        x = tensor(np.asarray(examples.x))
        assert x is not None
        return cls(x, tensor(examples.y), tensor(examples.edges), tensor(examples.rows))

    def weighed(self, class_weights: tuple[float, ...]) -> Tensors:
        """The same examples, their losses weighed by their classes; of none, as they are."""
        if not class_weights:
            return self
        return replace(self, class_weights=torch.tensor(class_weights, device=self.x.device))

    def __len__(self) -> int:
        return len(self.x if self.rows is None else self.rows)

    def batch(self, index: Tensor) -> Batch:
        """The examples at `index`; of a graph, the whole graph with those nodes marked."""
        if self.edges is not None:
            assert self.rows is not None
            of = self.rows[index]
            return Batch((self.x, self.edges), self.target, of, self.class_weights)
        target = None if self.target is None else self.target[index]
        return Batch((self.x[index],), target, class_weights=self.class_weights)

    def everything(self) -> Iterator[tuple[Batch, int]]:
        """All examples in order, in batches, with the number in each."""
        size = len(self) if self.edges is not None else AT_ONCE
        for index in torch.arange(len(self), device=self.x.device).split(size):
            yield self.batch(index), len(index)
