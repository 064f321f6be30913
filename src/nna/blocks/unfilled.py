"""Models for the sake of their shapes: on the meta device, where weights have no values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, no_type_check

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


@no_type_check  # every call of torch passes: where types are checked, that took most of the time
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


aten = torch.ops.aten
SAME = (aten.relu.default, aten.sigmoid.default, aten.tanh.default)
SAME += (aten.gelu.default, aten.silu.default)
PAIRS = (aten.add.Tensor, aten.mul.Tensor)
NORMS = (aten.native_batch_norm.default, aten.native_layer_norm.default)


@no_type_check
def shape_alone(func: Any, args: Any) -> Any:
    """What an operation on the meta device gives, where it has the shape of what comes in.

    Torch finds such shapes out in Python, which takes half of all the time.

    Returns:
        None where torch has to find it out, or there are numbers to compute.
    """
    if func not in SHORT or not (args[0].is_meta and args[0].is_floating_point()):
        return None
    first = args[0]
    if func in NORMS:
        return torch.empty_like(first), first.new_empty(0), first.new_empty(0)
    if func in PAIRS:
        other = args[1]
        if not (isinstance(other, Tensor) and other.is_meta and other.shape == first.shape):
            return None
        if other.dtype is not first.dtype:
            return None
    return torch.empty_like(first)


SHORT = frozenset((*SAME, *PAIRS, *NORMS))


@contextmanager
def outlined() -> Iterator[None]:
    """Models made meanwhile take no memory for their weights."""
    with torch.device("meta"), Unfilled():
        yield
