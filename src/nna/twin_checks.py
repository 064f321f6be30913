"""A Keras twin beside its torch original: with the same weights, the same outputs and gradients."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from nna import agreement, initialisation, registry, twins
from nna.spec import Architecture
from nna.specimens import sample, tiny

if TYPE_CHECKING:
    import keras

TOLERANCE = 1e-5  # of outputs, in units of the largest
OF_GRADIENTS = 3e-5  # float32 rounds once more on the way back
LEAST = 1e-3  # of the largest gradient of all: the unit where a tensor's own are smaller


@dataclass(frozen=True, slots=True)
class Beside:
    """An original at its test size, its twin with the same weights, and inputs for both."""

    model: nn.Module
    twin: keras.Model
    inputs: dict[str, Tensor]
    pairs: list[tuple[Tensor, Any]]


def beside(name: str, spec: Architecture) -> Beside:
    """Both sides, in evaluation, no weight where norms and biases start.

    Raises:
        AssertionError: what the spec says starts as a constant starts otherwise in the twin.
    """
    assert spec.twin, f"{name} has no twin"
    model, inputs = tiny(name, spec).eval(), sample(spec)
    twin = twins.made(registry.resolve(name, spec.twin)(spec.tiny), *inputs.values())
    fresh = copy.deepcopy(model)
    twins.bring_back(twin, fresh, layouts(name))
    initialisation.check_constants(fresh, spec.tiny, spec.initial)
    agreement.unsettle(model)
    twins.copy_weights(model, twin, layouts(name))
    return Beside(model, twin, inputs, twins.pairs(model, twin, layouts(name)))


def layouts(name: str) -> Mapping[type, twins.Layout]:
    """How an architecture's own layers lay out their weights in Keras, if it has such layers."""
    try:
        return registry.resolve(name, "parity:LAYOUTS")
    except AttributeError:
        return {}


def check_twin(name: str, spec: Architecture) -> str:
    """The Keras twin, given our weights by the names of the parts, computes and learns the same.

    Its outputs are ours, and of their sum, weighted by noise, its gradients by every weight.
    """
    backend, of = twins.backend(), beside(name, spec)
    outs = _tensors(of.model(**of.inputs))
    noise = torch.Generator().manual_seed(2)
    weighting = [torch.randn(out.shape, generator=noise) for out in outs]
    theirs, slopes = twins.slopes(of.twin, [*of.inputs.values()], weighting)
    gap = max(agreement.gap(*each) for each in zip(outs, theirs, strict=True))
    assert gap <= TOLERANCE, f"Keras twin differs by {gap:.2g}"
    total = torch.stack([(out * w).sum() for out, w in zip(outs, weighting, strict=True)]).sum()
    ours = gradients(of.model, [total], [torch.ones(())])
    worst, apart = _worst(ours, led_back(of, of.twin.trainable_variables, slopes))
    assert apart <= OF_GRADIENTS, f"Keras twin's gradient by {worst} differs by {apart:.2g}"
    return f"Keras twin on {backend}: outputs {gap:.1g}, parameter gradients {apart:.1g}"


def _worst(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> tuple[str, float]:
    """The weight whose gradient differs the most, and by how much."""
    most = {key: float(slope.abs().max()) for key, slope in ours.items()}
    unit = LEAST * max(most.values())
    assert unit > 0, "vacuous: no gradient at all"
    gaps = {key: agreement.gap(theirs[key], ours[key], max(unit, most[key])) for key in ours}
    worst = max(gaps, key=gaps.__getitem__)
    return worst, gaps[worst]


def led_back(of: Beside, variables: Sequence[Any], slopes: Sequence[Any]) -> dict[str, Tensor]:
    """Gradients by a twin's variables, led back through what made these of our weights.

    A variable may hold a sum, as Keras has one bias where torch has two, or be turned.

    Args:
        of: both sides.
        variables: of the twin.
        slopes: by each, in arrays; None where none comes.
    """
    found = dict(zip(map(id, variables), slopes, strict=True))
    reached = [
        (value, torch.as_tensor(slope))
        for value, variable in of.pairs
        if (slope := found.get(id(variable))) is not None
    ]
    return gradients(of.model, *map(list, zip(*reached, strict=True)))


def gradients(model: nn.Module, outs: list[Tensor], by: list[Tensor]) -> dict[str, Tensor]:
    """By every weight of the model that is learnt; zeros where none comes."""
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    slopes = torch.autograd.grad(outs, [*own.values()], by, allow_unused=True)
    each = zip(own.items(), slopes, strict=True)
    return {name: torch.zeros_like(p) if slope is None else slope for (name, p), slope in each}


def _tensors(out: Any) -> list[Tensor]:
    return [*out.values()] if isinstance(out, Mapping) else [out]
