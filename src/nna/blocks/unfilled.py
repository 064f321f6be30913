"""Models for the sake of their shapes: on the meta device, where weights have no values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

DRAWS = {
    Tensor.normal_,
    Tensor.uniform_,
    Tensor.bernoulli_,
    Tensor.exponential_,
    Tensor.random_,
    Tensor.cauchy_,
    Tensor.geometric_,
    Tensor.log_normal_,
}


class Unfilled(TorchFunctionMode):
    """Leaves out what would fill tensors of the meta device by chance.

    Torch draws there by way of its compiler, whose import alone takes longer than all the rest.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What the function gives; of a draw into nothing, its tensor."""
        given = kwargs or {}
        filled = args[0] if args else given.get("tensor")
        fills = func in DRAWS or getattr(func, "__module__", None) == nn.init.__name__
        if fills and isinstance(filled, Tensor) and filled.is_meta:
            return filled
        return func(*args, **given)


@contextmanager
def outlined() -> Iterator[None]:
    """Models made meanwhile take no memory for their weights."""
    with torch.device("meta"), Unfilled():
        yield
