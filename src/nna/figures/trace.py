"""What a network computes, step by step: the graph that its figure is drawn from.

Torch's functions are recorded as Python calls them, for one example: a module of torch's is one
step, whatever it does inside; reshaping is none. What only parameters enter is no step either.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from nna.figures import definitions, words

# Another view of the same numbers.
SILENT = frozenset(
    (
        *("view", "reshape", "flatten", "unflatten", "unsqueeze", "squeeze", "contiguous"),
        *("permute", "transpose", "t", "T", "mT", "mH", "H", "movedim", "swapaxes", "roll"),
        *("expand", "expand_as", "broadcast_tensors", "broadcast_to", "view_as", "reshape_as"),
        *("to", "type", "type_as", "float", "double", "clone", "detach", "alias", "data"),
        *("chunk", "split", "unbind", "iter", "tensor_split", "requires_grad"),
    )
)
# They read no more than shape and kind.
EMPTY = ("zeros_like", "ones_like", "empty_like", "rand_like", "randn_like", "full_like", "new_")
JOINS = {"cat": "concat", "concat": "concat", "stack": "stack", "hstack": "concat"}
SPELT = {"truediv": "div", "rtruediv": "rdiv", "true_divide": "div", "subtract": "sub"}
SPELT |= {"multiply": "mul", "multiply_": "mul", "divide": "div", "isub": "sub"}
SPELT |= {"iadd": "add", "radd": "add", "imul": "mul", "rmul": "mul", "itruediv": "div"}
TURNED = ("rsub", "rdiv", "rpow")
CIRCLES = ("add", "sub", "mul", "div")


@dataclass(frozen=True, slots=True)
class Wire:
    """Where a step takes a tensor from."""

    step: int
    role: str = ""  # what the tensor is to what reads it


@dataclass(slots=True)
class Step:
    """One thing computed from the example."""

    kind: str  # input, box, cat, or one of CIRCLES
    lines: words.Lines
    wires: tuple[Wire, ...]
    shape: tuple[int, ...]  # of what comes out, without the batch
    calls: tuple[int, ...]  # the calls of modules that it happens in, the outermost first
    line: int | None = None  # of the architecture's source
    inside: Trace | None = None  # what a fused kernel computes at every step of a series


@dataclass(slots=True)
class Call:
    """One call of a module, or of a part that the architecture names."""

    name: str
    arguments: dict[int, str] = field(default_factory=dict)  # by the step that made the tensor
    container: bool = False
    named: bool = False  # by the architecture, as a part that is drawn apart
    line: int | None = None  # of the architecture's source


@dataclass(slots=True)
class Trace:
    """All steps, in the order of their execution."""

    name: str
    steps: list[Step] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    outputs: dict[int, str] = field(default_factory=dict)  # steps, and what comes out of them


class Tracer(TorchFunctionMode):
    """While it is entered, whatever is computed from its inputs is recorded.

    Args:
        name: of what is traced.
        source: the file whose lines are noted with what they compute.
    """

    def __init__(self, name: str, source: str | None = None) -> None:
        super().__init__()
        self.trace, self.source = Trace(name), source
        self.wires: dict[int, Wire] = {}  # by the identity of a tensor
        self.parameters: dict[int, str] = {}  # likewise: the name of what enters without a step
        self.kept: list[Tensor] = []  # so that no identity is given twice
        self.open: list[int] = []
        self.closed = 0

    def input(self, name: str, tensor: Tensor) -> None:
        """Declare an example."""
        self._new("input", (name,), (), [tensor])

    def outputs(self, out: Any, *names: str) -> None:
        """Declare what comes out."""
        found = [self.wires[id(t)].step for t in tensors(out) if id(t) in self.wires]
        said = (*names, *(["out"] * len(found)))
        self.trace.outputs = dict(zip(found, said, strict=False))

    def tag(self, tensor: Tensor, role: str) -> Tensor:
        """Write a name beside the arrow that leaves a tensor."""
        if id(tensor) in self.wires:
            self.wires[id(tensor)] = Wire(self.wires[id(tensor)].step, role)
        return tensor

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Record one function of torch."""
        kwargs = kwargs or {}
        if self.closed:
            return func(*args, **kwargs)
        if func in definitions.FUNCTIONS and self._read((args, kwargs)):
            with self:
                return definitions.FUNCTIONS[func](self.tag, *args, **kwargs)
        out = func(*args, **kwargs)
        name = _spelt(func)
        self._note(name, args, kwargs, args[0] if name == "setitem" else out)
        return out

    # --- modules ---------------------------------------------------------------------------

    def enter(self, call: Call, args: Any) -> None:
        """A module is called."""
        for tensor, name in args:
            if id(tensor) in self.wires:
                call.arguments.setdefault(self.wires[id(tensor)].step, name)
        call.line = self._line()
        self.open.append(len(self.trace.calls))
        self.trace.calls.append(call)

    def leave(self) -> None:
        """The module that was entered last has answered."""
        self.open.pop()

    def whole(self, lines: words.Lines, args: Any, out: Any, inside: Trace | None = None) -> None:
        """Record a module, or a part, as one step."""
        wires = self._read(args)
        if wires:
            self._new("box", lines, wires, list(tensors(out)), inside)

    # --- functions -------------------------------------------------------------------------

    def _read(self, args: Any) -> tuple[Wire, ...]:
        return tuple(self.wires[id(t)] for t in tensors(args) if id(t) in self.wires)

    def _note(self, name: str, args: Any, kwargs: Any, out: Any) -> None:
        made = list(tensors(out))
        wires = self._read((args, kwargs))
        if not made or name.startswith(EMPTY):
            return
        if not wires:
            self._name(args, made)
        elif name in SILENT or (name == "getitem" and made[0].numel() == args[0].numel()):
            self._view(list(tensors(args)) if name == "broadcast_tensors" else args[:1], made)
        elif name in JOINS:
            self._new("cat", (JOINS[name], *self._entering(args)), wires, made)
        elif (name in words.SIGNS or name in TURNED) and len(args) > 1:
            self._arithmetic(name, args, wires, made)
        else:
            self._new("box", self._lines(name, args, kwargs), wires, made)

    def _view(self, args: Any, made: list[Tensor]) -> None:
        """Another view of what is looked at; of several tensors, each of its own."""
        seen = list(tensors(args))
        for place, tensor in enumerate(made):
            own = seen[min(place, len(seen) - 1)]
            if id(own) in self.wires:
                self._alias(self.wires[id(own)], [tensor])
            elif id(own) in self.parameters:
                self._name([own], [tensor])

    def _name(self, args: Any, made: list[Tensor]) -> None:
        names = [self.parameters[id(t)] for t in tensors(args) if id(t) in self.parameters]
        for tensor in made if names else ():
            self.parameters[id(tensor)] = names[0]
            self.kept.append(tensor)

    def _alias(self, wire: Wire, made: list[Tensor]) -> None:
        for tensor in made:
            self.wires[id(tensor)] = wire
            self.kept.append(tensor)

    def _entering(self, args: Any) -> list[str]:
        """The parameters among arguments."""
        found = (self.parameters[id(t)] for t in tensors(args) if id(t) in self.parameters)
        return list(dict.fromkeys(found))

    def _arithmetic(
        self, name: str, args: Any, wires: tuple[Wire, ...], made: list[Tensor]
    ) -> None:
        first = wires[0]
        if len(wires) > 1 and name in CIRCLES:
            self._new(name, (words.SIGNS[name],), wires, made)
            return
        turned = name in TURNED or id(args[0]) not in self.wires
        name = name.removeprefix("r")
        other = args[0] if id(args[0]) not in self.wires else args[1]
        if id(other) in self.wires:
            said = "x"
        elif isinstance(other, Tensor):
            said = self.parameters.get(id(other), "constant")
        else:
            said = words.number(other)
        if (name, said) in (("add", "0"), ("mul", "1"), ("div", "1"), ("sub", "0")):
            self._alias(first, made)
        elif turned and name in ("sub", "div", "pow"):
            self._new("box", (f"{said} {words.SIGNS[name]} x",), wires, made)
        else:
            self._new("box", (f"{words.SIGNS[name]} {said}",), wires, made)

    def _lines(self, name: str, args: Any, kwargs: Any) -> words.Lines:
        if name == "getitem":
            names = self._entering(args[:1])
            return ("pick", *names) if names else _taken(args[1])
        if name in words.COMPARISONS:
            other = args[1]
            said = "" if isinstance(other, Tensor) else f" {words.number(other)}"
            names = self._entering(args)
            return (words.COMPARISONS[name] + (said or (f" {names[0]}" if names else "")),)
        return words.function(name, self._entering((args, kwargs)))

    def _new(
        self,
        kind: str,
        lines: words.Lines,
        wires: tuple[Wire, ...],
        made: list[Tensor],
        inside: Trace | None = None,
    ) -> None:
        shape = tuple(made[0].shape[1:])
        wire = Wire(len(self.trace.steps))
        step = Step(kind, lines, wires, shape, tuple(self.open), self._line(), inside)
        self.trace.steps.append(step)
        self._alias(wire, made)

    def _line(self) -> int | None:
        """The innermost line of the source that is being run."""
        frame = sys._getframe(1) if self.source else None
        while frame and frame.f_code.co_filename != self.source:
            frame = frame.f_back
        return frame.f_lineno if frame else None


def tensors(of: Any) -> Iterator[Tensor]:
    """All tensors in nested lists, tuples and mappings, in order."""
    if isinstance(of, Tensor):
        yield of
    elif isinstance(of, list | tuple):
        for one in of:
            yield from tensors(one)
    elif isinstance(of, dict):
        yield from tensors(list(of.values()))


def _spelt(func: Any) -> str:
    """The name of a function, whichever way it was called."""
    name = getattr(func, "__name__", str(func))
    if name == "__get__":
        name = getattr(func.__self__, "__name__", name)
    name = name.strip("_")
    return SPELT.get(name, name)


def _taken(index: Any) -> words.Lines:
    """What an index leaves of a tensor, batch aside."""
    entries = index if isinstance(index, tuple) else (index,)
    told = [_entry(entry) for entry in entries]
    if entries[0] == slice(None):
        told = told[1:]
    while told and told[0] in (":", "…"):
        told = told[1:]
    cuts = all(isinstance(e, slice) and e.step in (None, 1) for e in entries)
    return ("crop" if cuts and len(entries) > 2 else "take", ", ".join(dict.fromkeys(told)))


def _entry(index: Any) -> str:
    if isinstance(index, slice):
        ends = ":".join("" if end is None else str(end) for end in (index.start, index.stop))
        return ends if index.step in (None, 1) else f"every {index.step}. place"
    if isinstance(index, Tensor):
        return "what is chosen"
    return {"Ellipsis": "…", "-1": "the last", "0": "the first"}.get(str(index), str(index))


def is_leaf(module: nn.Module) -> bool:
    """Whether a module is one of torch's, or one of its kinds: drawn as one box."""
    kinds = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.Module)
    own = next(kind for kind in type(module).__mro__ if kind.__module__.startswith("torch.nn"))
    return own not in kinds


def follow(tracer: Tracer, model: nn.Module) -> Callable[[], None]:
    """Have a tracer told of every module of a network that is called; gives what ends it."""
    handles = []
    for path, module in model.named_modules():
        for name, own in (*module._parameters.items(), *module._buffers.items()):
            if own is not None:  # of torch's modules, the module's name says more
                named = path.rpartition(".")[2] if is_leaf(module) else name
                tracer.parameters[id(own)] = name if named.isdecimal() else named
        before, after = _leaf(tracer, module) if is_leaf(module) else _group(tracer, module)
        handles.append(module.register_forward_pre_hook(before, with_kwargs=True))
        handles.append(module.register_forward_hook(after, with_kwargs=True))

    def end() -> None:
        for handle in handles:
            handle.remove()

    return end


def _leaf(tracer: Tracer, own: nn.Module) -> tuple[Any, Any]:
    def before(module: Any, args: Any, kwargs: Any) -> None:
        tracer.closed += 1

    def after(module: Any, args: Any, kwargs: Any, out: Any) -> None:
        tracer.closed -= 1
        if tracer.closed:
            return
        if isinstance(own, nn.Identity):
            wires = tracer._read(args)
            tracer._alias(wires[0], list(tensors(out)))
            return
        inside = _cell(own, args[0]) if isinstance(own, nn.RNNBase) else None
        tracer.whole(words.module(own), (args, kwargs), out, inside)

    return before, after


def _group(tracer: Tracer, own: nn.Module) -> tuple[Any, Any]:
    names = list(inspect.signature(own.forward).parameters)
    container = type(own).__module__.startswith("torch.nn")

    def before(module: Any, args: Any, kwargs: Any) -> None:
        given = [*zip(args, names, strict=False), *((v, k) for k, v in kwargs.items())]
        if not tracer.closed:
            tracer.enter(Call(type(own).__name__, container=container), given)

    def after(module: Any, args: Any, kwargs: Any, out: Any) -> None:
        if not tracer.closed:
            tracer.leave()

    return before, after


CELLS: dict[type, Callable[..., tuple[Tensor, ...]]] = {  # of one layer in one direction
    nn.LSTM: definitions.lstm_cell,
    nn.RNN: definitions.rnn_cell,
    nn.GRU: definitions.gru_cell,
}


def _cell(own: nn.RNNBase, x: Tensor) -> Trace:
    """One step of a recurrent layer."""
    tracer = Tracer(f"{own.mode.partition('_')[0]} cell, one step")
    kept = ("h", "c") if isinstance(own, nn.LSTM) else ("h",)
    state = [x.new_zeros(1, own.hidden_size) for _ in kept]
    first = x.new_zeros(1, own.input_size)
    for name, tensor in zip(("x", *kept), (first, *state), strict=True):
        tracer.input(name, tensor)
    with tracer:
        cell = next(cell for kind, cell in CELLS.items() if isinstance(own, kind))
        tracer.outputs(cell(tracer.tag, own, first, *state), *kept)
    return tracer.trace
