"""Run an architecture on one example, to see what it computes."""

from __future__ import annotations

import functools
import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch

from nna import registry, specimens
from nna.blocks.unfilled import Unfilled
from nna.figures import trace
from nna.spec import Part

# Up to so many numbers a network is run; beyond, only shapes pass through it, which costs the
# same for any number, but first needs parts of torch that take long to load.
FEW = 30_000
LIGHT = 10_000_000  # parameters up to which a network is made, likewise
_LOCK = threading.Lock()  # named parts are watched in the module itself, by one trace at a time
_ACTIVE: ContextVar[trace.Tracer | None] = ContextVar("tracer", default=None)


def examples(name: str, config: Any, full: bool = True) -> dict[str, torch.Tensor]:
    """One example without numbers, of its published size or of the smallest accepted."""
    with torch.device("meta"):
        return blank(name, config, full)


def blank(name: str, config: Any, full: bool = True) -> dict[str, torch.Tensor]:
    """One example of zeros, of the size that the costs of the variant are stated for."""
    spec = registry.describe(name)
    at = next((v.costs_at for v in spec.variants.values() if v.config == config), {})
    return specimens.blank(spec, config, full=full, at=at)


def run(name: str, config: Any, full: bool = True) -> trace.Trace:
    """What one configuration of an architecture computes for one example.

    Raises:
        UserError: the configuration contradicts itself.
    """
    given = examples(name, config, full)
    variants = registry.describe(name).variants.values()
    params = max((v.params for v in variants if v.config == config), default=0)
    few = sum(example.numel() for example in given.values()) <= FEW and params <= LIGHT
    with _LOCK:
        try:
            return _on("cpu" if few else "meta", name, config, full)
        except (RuntimeError, NotImplementedError):  # some steps need numbers, not shapes alone
            return _on("cpu", name, config, full)


def _on(device: str, name: str, config: Any, full: bool) -> trace.Trace:
    with torch.device(device), Unfilled(), torch.no_grad():
        model = registry.construct(name, config).eval()
        inputs = blank(name, config, full)
        tracer = trace.Tracer(type(model).__name__, inspect.getfile(type(model)))
        for key, tensor in inputs.items():
            tracer.input(key, tensor)
        trace.follow(tracer, model)
        with _named(tracer, type(model).__module__, registry.describe(name).parts), tracer:
            tracer.outputs(model(**inputs))
    return tracer.trace


@contextmanager
def _named(tracer: trace.Tracer, module: str, parts: tuple[Part, ...]) -> Iterator[None]:
    """Have the functions that an architecture names recorded as parts."""
    places = []
    for part in parts:
        holder, _, function = part.function.rpartition(".")
        place = getattr(sys.modules[module], holder) if holder else sys.modules[module]
        places.append((place, function, getattr(place, function)))
        setattr(place, function, _watched(part, getattr(place, function)))
    token = _ACTIVE.set(tracer)
    try:
        yield
    finally:
        _ACTIVE.reset(token)
        for place, function, own in reversed(places):
            setattr(place, function, own)


def _watched(part: Part, function: Callable[..., Any]) -> Callable[..., Any]:
    names = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        tracer = _ACTIVE.get()
        if tracer is None or tracer.closed:
            return function(*args, **kwargs)
        if not part.closed:
            given = [*zip(args, names, strict=False), *((v, k) for k, v in kwargs.items())]
            tracer.enter(trace.Call(part.name, named=True), given)
            out = function(*args, **kwargs)
            tracer.leave()
            return out
        tracer.closed += 1
        out = function(*args, **kwargs)
        tracer.closed -= 1
        tracer.whole((part.name,), (args, kwargs), out)
        return out

    return call
