"""What a forward pass costs: multiply-adds, counted operation by operation, without numbers.

A multiply-add is a product that is summed: in convolutions and matrix products, in squared
distances and weighted sums written out (`(x - p).square().sum()`, or over edges `index_add` of
products). What is multiplied and not summed is not counted: norms, activations, gates, means.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from torch.utils.weak import WeakIdKeyDictionary

from nna.blocks.unfilled import outlined, shape_alone
from nna.spec import NOWHERE, Architecture, At
from nna.specimens import shapes_only

aten = torch.ops.aten
# Products, entry by entry (squares are a third), and what sums them.
PRODUCTS = (aten.mul.Tensor, aten.div.Tensor)
SUMS = (aten.sum.default, aten.sum.dim_IntList, aten.index_add.default, aten.scatter_add.default)
# Products of a vector, which torch's own table leaves out, and where the larger factor stands.
VECTORS = {aten.mv.default: 0, aten.addmv.default: 1, aten.dot.default: 0}
DISTANCES = (aten._cdist_forward.default, aten._euclidean_dist.default)
# What would be left out without a word.
UNKNOWN = (aten._trilinear.default, aten.mkldnn_rnn_layer.default, aten._cudnn_rnn.default)


def count_multiply_adds(name: str, spec: Architecture, config: object, at: At = NOWHERE) -> int:
    """Multiply-adds of one example of the size that costs are stated for.

    Of a graph, whose nodes are the examples, they are those of all of it; of a network that goes on
    until nothing changes, those of one round.
    """
    model, inputs = shapes_only(name, spec, config, at=at)
    return count(model, inputs)


def count(model: nn.Module, inputs: dict[str, Tensor]) -> int:
    """Multiply-adds of one evaluation of a model, both of them on the meta device."""
    with outlined(), torch.no_grad(), _Counter() as counter:
        model.eval()(**inputs)
    return counter.total


class _Counter(TorchDispatchMode):
    """Adds up as `torch.utils.flop_counter` does, in half the time, and more kinds of product."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self._products = WeakIdKeyDictionary()  # what came of a product, not summed so far

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is aten.equal.default:  # without numbers nothing changes, so a loop is done
            return True
        out = shape_alone(func, args)
        if out is None:
            out = func(*args, **(kwargs or {}))
        if formula := flop_registry.get(func._overloadpacket):
            self.total += formula(*args, **(kwargs or {}), out_val=out) // 2
        else:
            self.total += self._further(func, args, out)
        return out

    def _further(self, func: Any, args: Any, out: Any) -> int:
        if func in UNKNOWN:
            raise NotImplementedError(f"the multiply-adds of {func} are not known")
        if func in VECTORS:
            return args[VECTORS[func]].numel()
        if func in DISTANCES:
            return out.numel() * args[0].shape[-1]
        if func in PRODUCTS or (func is aten.pow.Tensor_Scalar and args[1] == 2):
            self._products[out] = True
        elif func in SUMS:
            summed = (one for one in args if isinstance(one, Tensor) and one in self._products)
            return sum(one.numel() for one in summed)
        return 0
