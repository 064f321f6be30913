"""A learner's network in Keras beside the reference: how it starts, and what it does in training.

What parity in evaluation doesn't see is computed here. Both networks are given the same weights,
and whatever either draws comes from one seed, so that dropout at the same place and rate drops the
same numbers; then outputs in training, their gradients, and what norms keep are compared. How
weights start is compared by their moments over seeds.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import keras
import numpy as np
import torch
from keras import ops
from torch import Tensor

from nna import agreement, registry, specimens, twin_checks, twins
from nna.spec import Architecture

ENTRIES = 200  # of each tensor that is drawn, over the seeds, if SEEDS are enough for it
SEEDS = 4, 10  # at the least, at the most
ERRORS = 5.0  # standard errors within which moments must agree
FEW = 1000  # entries, below which fourth moments say nothing
EXACT = 1e-6  # of constants
SAMPLED = 1e-3  # rounding grows with every step
SEED = np.array([3, 5], "uint32")

Start = list[np.ndarray[Any, Any]]  # by weight: entries over seeds, `(seeds, entries)`


class Learning(keras.Model):
    """A model as `fit` runs it: told that it trains if it asks, its own loss after its outputs."""

    def __init__(self, model: keras.Model) -> None:
        super().__init__()
        self.model = model
        self.told = "training" in inspect.signature(model.call).parameters
        self.loses = type(model).compute_loss is not keras.Model.compute_loss

    def call(self, inputs: Any) -> Any:
        """Its outputs, or what it loses."""
        torch.manual_seed(0)  # on torch Keras draws its dropout from there, whatever the seed
        out = self.model(inputs, training=True) if self.told else self.model(inputs)
        return self.model.compute_loss(inputs, None, out) if self.loses else out


def like_the_reference(
    name: str, spec: Architecture, reference: ModuleType
) -> Iterator[tuple[str, Callable[[], str]]]:
    """What is compared, each with the function that does it and raises AssertionError.

    Args:
        name: of the architecture, whose twin is the learner's.
        spec: of the architecture.
        reference: the module of the twin as the library has it.
    """
    assert spec.twin
    kind = spec.twin.split(":")[1]
    build = getattr(reference, kind)
    yield "initial weights", lambda: starts_alike(name, spec, build)
    yield "in training", lambda: trains_alike(name, spec, reference)
    if hasattr(build, "sample"):
        yield "sampling", lambda: samples_alike(name, spec, build)


def starts_alike(name: str, spec: Architecture, reference: Callable[[Any], keras.Model]) -> str:
    """Every tensor starts by a law of the same moments as the reference's, over seeds."""
    assert spec.twin
    theirs, paths = _of_reference(name, reference)
    ours, _ = started(name, spec, registry.resolve(name, spec.twin), len(theirs[0]))
    units: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []
    for path, own, other in zip(paths, ours, theirs, strict=True):
        spread = float(other.std())
        if other.std(axis=0).max() <= EXACT:  # the same under every seed
            apart = np.abs(own - other)
            at = np.unravel_index(apart.argmax(), apart.shape)
            assert apart[at] <= EXACT, f"{path} starts at {own[at]:.4g}, not {other[at]:.4g}"
            continue
        assert own.std(axis=0).max() > EXACT, f"{path} starts the same under every seed"
        _same_moments(path, own / spread, other / spread, spread)
        units.append((own.ravel() / spread, other.ravel() / spread))
    if units:
        _same_moments("all weights", *map(np.concatenate, zip(*units, strict=True)))
    return f"the same moments over {len(theirs[0])} seeds"


@cache
def _of_reference(name: str, reference: Callable[[Any], keras.Model]) -> tuple[Start, list[str]]:
    return started(name, registry.describe(name), reference)


def started(
    name: str, spec: Architecture, build: Callable[[Any], keras.Model], seeds: int | None = None
) -> tuple[Start, list[str]]:
    """How a network's weights start under seeds, and what they are called.

    Args:
        name: of the architecture.
        spec: of the architecture.
        build: makes the network.
        seeds: how many; None: until there are enough entries of every tensor that is drawn.
    """
    model, inputs = specimens.tiny(name, spec), specimens.sample(spec)
    seen: list[Start] = []
    paths: list[str] = []
    least, most = (seeds, seeds) if seeds else SEEDS
    while len(seen) < least or (len(seen) < most and _wanting(seen)):
        keras.utils.set_random_seed(len(seen))
        twin = twins.made(build(spec.tiny), *inputs.values())
        held = [of for _, of in twins.pairs(model, twin, twin_checks.layouts(name))]
        seen.append([twins.array(of) for of in held])
        paths = [of.path for of in held]
    return [np.stack(each).astype("float64") for each in zip(*seen, strict=True)], paths


def _wanting(seen: Sequence[Start]) -> bool:
    drawn = [one.size for one, other in zip(seen[0], seen[1], strict=True) if (one != other).any()]
    return bool(drawn) and min(drawn) * len(seen) < ENTRIES


def _same_moments(
    path: str, own: np.ndarray[Any, Any], other: np.ndarray[Any, Any], unit: float = 1.0
) -> None:
    """Means, mean squares and, of many, fourth powers agree within their sampling errors."""
    told = {
        1: f"starts about {own.mean() * unit:.3g}, not {other.mean() * unit:.3g}",
        2: f"starts with deviation {own.std() * unit:.3g}, not {other.std() * unit:.3g}",
        4: "starts by another law of the same deviation",
    }
    for power, said in told.items():
        if power == 4 and own.size < FEW:
            continue
        a, b = own**power, other**power
        error = np.sqrt(a.var() / a.size + b.var() / b.size)
        assert abs(a.mean() - b.mean()) <= ERRORS * error, f"{path} {said}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A twin with given weights, and its variables in the order of the original's."""

    twin: keras.Model
    held: list[Any]


def trains_alike(name: str, spec: Architecture, reference: ModuleType) -> str:
    """With the same draws, outputs, gradients and what norms keep are the reference's."""
    assert spec.twin
    kind = spec.twin.split(":")[1]
    mine = sys.modules[registry.resolve(name, spec.twin).__module__]
    own, other = (_filled(name, spec, getattr(module, kind)) for module in (mine, reference))
    inputs = [*specimens.sample(spec, 8).values()]
    _same_steps("the network", own, other, (own.twin, other.twin), inputs)
    given = [torch.from_numpy(of) for of in _normal(*twins.outputs(other.twin, *inputs))]
    for trainer in trainers(reference, kind):
        found = getattr(mine, trainer.__name__, None)
        assert found is not None, f"no model is called {trainer.__name__}"
        both = found(own.twin), trainer(other.twin)
        _same_steps(trainer.__name__, own, other, both, given)
    return "with the same draws the same outputs and gradients"


def trainers(module: ModuleType, kind: str) -> list[type[keras.Model]]:
    """The models of a module that train its twin, as a game trains two players."""
    return [
        of
        for of in vars(module).values()
        if inspect.isclass(of) and issubclass(of, keras.Model)
        if of.__module__ == module.__name__ and of.__name__ != kind
    ]


def _normal(*like: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    draws = np.random.default_rng(2)
    return [draws.standard_normal(of.shape, "float32") for of in like]


def _filled(name: str, spec: Architecture, build: Callable[[Any], keras.Model]) -> Filled:
    """A twin with the weights of the original, none where norms and biases start."""
    model, inputs = specimens.tiny(name, spec).eval(), specimens.sample(spec)
    agreement.unsettle(model)
    twin = twins.made(build(spec.tiny), *inputs.values())
    pairs = twins.pairs(model, twin, twin_checks.layouts(name))
    for value, variable in pairs:
        variable.assign(value.detach().numpy())
    return Filled(twin, [variable for _, variable in pairs])


def _same_steps(
    what: str,
    own: Filled,
    other: Filled,
    learners: tuple[keras.Model, keras.Model],
    inputs: Sequence[Tensor],
) -> None:
    """Outputs in training, gradients of their weighted sum, and what norms keep.

    Args:
        what: is compared, for messages.
        own: the learner's twin.
        other: the reference.
        learners: what `fit` is called on: the twins, or models that train them.
        inputs: of both.
    """
    before = [twins.array(variable) for variable in other.held]
    with one_seed():
        mine, theirs = map(Learning, learners)
        like = twins.outputs(theirs, *inputs)
        weighting = [torch.from_numpy(of) for of in _normal(*like)]
        ours, found = twins.slopes(mine, inputs, weighting)
        wanted, slopes = twins.slopes(theirs, inputs, weighting)
        apart = max(agreement.gap(*each) for each in zip(ours, wanted, strict=True))
        assert apart <= twin_checks.TOLERANCE, (
            f"{what}: with the same draws, what it gives in training differs by {apart:.2g}"
        )
        by = [
            dict(zip(map(id, model.trainable_variables), of, strict=True))
            for model, of in ((mine, found), (theirs, slopes))
        ]
        _same_slopes(what, own, other, by)
        if any(isinstance(part, keras.layers.BatchNormalization) for part in _parts(other.twin)):
            for side, model in ((own, mine), (other, theirs)):
                for variable, value in zip(side.held, before, strict=True):
                    variable.assign(value)  # on some backends each call above moved them
                model(twins.arrays(inputs))
    for one, of in zip(own.held, other.held, strict=True):
        kept = agreement.gap(twins.array(one), twins.array(of), 1.0)
        assert kept <= 1e-4, f"{what}: after a step in training {of.path} is off by {kept:.2g}"


def _same_slopes(
    what: str, own: Filled, other: Filled, by: Sequence[Mapping[int, np.ndarray[Any, Any] | None]]
) -> None:
    largest = max(float(np.abs(slope).max()) for slope in by[1].values() if slope is not None)
    for variable, reference in zip(own.held, other.held, strict=True):
        mine, theirs = by[0].get(id(variable)), by[1].get(id(reference))
        if theirs is None:
            continue
        assert mine is not None, f"{what}: in training no gradient reaches {reference.path}"
        unit = max(float(np.abs(theirs).max()), twin_checks.LEAST * largest)
        apart = agreement.gap(mine, theirs, unit)
        assert apart <= twin_checks.OF_GRADIENTS, (
            f"{what}: in training the gradient by {reference.path} differs by {apart:.2g}"
        )


def _parts(model: keras.Model) -> list[keras.layers.Layer]:
    return [*model._flatten_layers()]


@contextmanager
def one_seed() -> Iterator[None]:
    """Within it every draw of one shape is the same, whatever draws it."""
    following = keras.random.SeedGenerator.next
    keras.random.SeedGenerator.next = lambda *_, **__: ops.convert_to_tensor(SEED)
    try:
        yield
    finally:
        keras.random.SeedGenerator.next = following


def samples_alike(name: str, spec: Architecture, reference: Callable[[Any], keras.Model]) -> str:
    """What it draws of itself under a seed is what the reference draws."""
    assert spec.twin
    own, other = (
        _filled(name, spec, build) for build in (registry.resolve(name, spec.twin), reference)
    )
    ours, theirs = (twins.array(of.twin.sample(2, seed=3, steps=4)) for of in (own, other))
    apart = agreement.gap(ours, theirs)
    assert apart <= SAMPLED, f"samples under one seed differ by {apart:.2g}"
    return "the same samples under a seed"
