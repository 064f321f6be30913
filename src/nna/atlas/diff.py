"""What changed between two architectures: facts, ideas, structure."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

from nna import registry
from nna.atlas import lineage
from nna.spec import Architecture

if TYPE_CHECKING:
    from torch import nn

IDEAS = ("answers", "adds")

Pair = tuple[Any, Any]  # the first architecture's value, the second's; None where it has none


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What differs, each by name; what both share is left out."""

    one: str  # as architecture/variant
    other: str
    facts: dict[str, Pair]
    ideas: dict[str, Pair]
    relation: str  # how the two stand in the lineage, in a sentence
    parts: dict[str, tuple[int, int]]  # kind of module -> how many in each
    parameters: dict[str, tuple[int, int]]  # kind of module that holds them -> how many


def diff(one: str, other: str) -> Difference:
    """Compare two architectures, or two variants; builds both without memory for weights.

    Args:
        one: `architecture` or `architecture/variant`.
        other: likewise.

    Raises:
        UserError: no such architecture or variant.
    """
    (a, size_a, _), (b, size_b, _) = registry.split(one), registry.split(other)
    spec_a, spec_b = registry.describe(a), registry.describe(b)
    facts_a, facts_b = _facts(a, spec_a, size_a), _facts(b, spec_b, size_b)
    facts = {k: (facts_a.get(k), facts_b.get(k)) for k in {**facts_a, **facts_b}}
    parts_a, held_a = _structure(a, size_a)
    parts_b, held_b = _structure(b, size_b)
    return Difference(
        one=f"{a}/{size_a}",
        other=f"{b}/{size_b}",
        facts={k: pair for k, pair in facts.items() if pair[0] != pair[1]},
        ideas={k: (getattr(spec_a, k), getattr(spec_b, k)) for k in IDEAS if a != b},
        relation=_relation(a, b),
        parts=_unequal(parts_a, parts_b),
        parameters=_unequal(held_a, held_b),
    )


def _facts(name: str, spec: Architecture, variant: str) -> dict[str, Any]:
    config = spec.variants[variant].config
    recipe = {f.name: getattr(spec.recipe, f.name) for f in dataclasses.fields(spec.recipe)}
    return {
        "name": spec.name,
        "year": spec.paper.year,
        "family": registry.family(name),
        "tasks": ", ".join(spec.tasks),
        "takes": ", ".join(f"{k}: {port.kind}" for k, port in spec.takes.items()),
        "gives": spec.gives.kind,
        "parameters": spec.variants[variant].params,
        "multiply-adds": spec.variants[variant].macs,
        **{f"config {f.name}": getattr(config, f.name) for f in dataclasses.fields(config)},
        **{f"recipe {key}": value for key, value in recipe.items()},
    }


def _relation(one: str, other: str) -> str:
    if one == other:
        return f"two variants of {one}"
    tree = lineage.graph()
    for old, new in ((one, other), (other, one)):
        if old in tree.parents[new]:
            return f"{new} grew from {old}"
        if old in tree.ancestors(new):
            return f"{new} descends from {old}"
    if shared := tree.common(one, other):
        return f"both descend from {shared[-1]}"
    return "no common ancestor is known"


def _structure(name: str, variant: str) -> tuple[Counter[str], Counter[str]]:
    """Modules by kind, and trainable parameters by the kind of module that holds them."""
    import torch

    with torch.device("meta"):
        model = registry.construct(name, registry.configure(f"{name}/{variant}"))
    parts: Counter[str] = Counter()
    held: Counter[str] = Counter()
    seen: set[nn.Parameter] = set()
    for module in model.modules():
        kind = type(module).__name__
        parts[kind] += module is not model
        fresh = {p for p in module.parameters(recurse=False) if p.requires_grad} - seen
        held[kind] += sum(p.numel() for p in fresh)
        seen |= fresh
    return +parts, +held


def _unequal(one: Counter[str], other: Counter[str]) -> dict[str, tuple[int, int]]:
    return {k: (one[k], other[k]) for k in sorted({*one, *other}) if one[k] != other[k]}
