"""An independent count: what torch's dispatcher computes, below the functions that Python calls."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from nna import registry, specimens
from nna.figures import trace

KINDS = {"add": "add", "add_": "add", "sub": "sub", "sub_": "sub", "rsub": "sub"}
KINDS |= {"mul": "mul", "mul_": "mul", "div": "div", "div_": "div", "cat": "cat", "stack": "cat"}
# What a kernel's definition adds to a figure that the dispatcher sees as one.
LERP = {"mul": 2, "add": 1}
EMPTY = ("zeros_like", "ones_like", "new_", "empty_like")


class Dispatched(TorchDispatchMode):
    """Counts joins of tensors of which each hangs on the example."""

    def __init__(self, inputs: list[Tensor]) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()
        self.reads: dict[int, set[int]] = {}  # what a join needs of earlier ones
        self.joins: dict[int, Counter[str]] = {}
        self.tensors: dict[int, int] = {}  # identity -> number of what computed it
        self.kept: list[Tensor] = []
        self.number = 0
        self.closed = 0
        for tensor in inputs:
            self.mark([tensor], set(), Counter())

    def mark(self, made: list[Tensor], needs: set[int], joins: Counter[str]) -> None:
        """Say what computed some tensors."""
        self.number += 1
        self.reads[self.number], self.joins[self.number] = needs, joins
        for tensor in made:
            self.tensors[id(tensor)] = self.number
            self.kept.append(tensor)

    def known(self, args: Any) -> list[int]:
        return [self.tensors[id(t)] for t in trace.tensors(args) if id(t) in self.tensors]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        needs = self.known((args, kwargs or {}))
        if needs and not name.startswith(EMPTY):
            self.mark(list(trace.tensors(out)), set(needs), self.counted(name, needs))
        return out

    def counted(self, name: str, needs: list[int]) -> Counter[str]:
        if self.closed:
            return Counter()
        if name == "lerp" and len(needs) == 3:
            return Counter(LERP)
        kind = KINDS.get(name)
        entering = len(needs) > 1 or name in ("cat", "stack")
        return Counter({kind: 1}) if kind and entering else Counter()

    def total(self, out: Any) -> Counter[str]:
        """The joins that an answer hangs on."""
        waiting, seen, found = self.known(out), set(), Counter()
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                found.update(self.joins[number])
                waiting.extend(self.reads[number])
        return found


@contextmanager
def closing(mode: Dispatched) -> Iterator[None]:
    mode.closed += 1
    try:
        yield
    finally:
        mode.closed -= 1


@pytest.fixture
def counted() -> Callable[[str, Any], Counter[str]]:
    """The independent count of an architecture's configuration."""
    return count


def count(name: str, config: Any) -> Counter[str]:
    """Additions, products, quotients and concatenations of an architecture, by the dispatcher.

    As in the figure, modules of torch and parts that the architecture closes are wholes.
    """
    model = registry.construct(name, config).eval()
    inputs = specimens.blank(registry.describe(name), config, full=False)
    mode = Dispatched(list(inputs.values()))

    def whole(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            with closing(mode):
                return function(*args, **kwargs)

        return call

    with ExitStack() as stack, torch.no_grad():
        for function in ("normalize",):  # of torch's functions, those written in Python
            own = getattr(nn.functional, function)
            stack.enter_context(mock.patch.object(nn.functional, function, whole(own)))
        place = sys.modules[type(model).__module__]
        for part in registry.describe(name).parts:
            holder, _, function = part.function.rpartition(".")
            owner = getattr(place, holder) if holder else place
            if part.closed:
                own = getattr(owner, function)
                stack.enter_context(mock.patch.object(owner, function, whole(own)))
        for module in model.modules():
            if trace.is_leaf(module) and not isinstance(module, nn.Identity):
                module.forward = whole(module.forward)
        stack.enter_context(mode)
        out = model(**inputs)
    return mode.total(out)
