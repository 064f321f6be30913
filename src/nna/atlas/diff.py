"""What changed between architectures: facts, ideas, structure."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nna import registry
from nna.atlas import lineage
from nna.atlas.example_size import example_size
from nna.errors import UserError
from nna.spec import Architecture

if TYPE_CHECKING:
    from torch import nn

IDEAS = ("limitation", "idea")
MOST = 5  # side by side

Values = tuple[Any, ...]  # one for each of those compared; None where it has none


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What differs, each by name; what all share is left out."""

    names: tuple[str, ...]  # as architecture/variant
    facts: dict[str, Values]
    ideas: dict[str, Values]
    relation: str  # how each stands in the lineage to the next, in a sentence
    parts: dict[str, tuple[int, ...]]  # kind of module -> how many in each
    parameters: dict[str, tuple[int, ...]]  # kind of module that holds them -> how many


def diff(*references: str) -> Difference:
    """Compare architectures, or variants; builds them without memory for weights.

    Args:
        references: two to five, each `architecture` or `architecture/variant`.

    Raises:
        UserError: no such architecture or variant, or too few or too many.
    """
    if not 2 <= len(references) <= MOST:
        raise UserError(f"name two to {MOST} architectures to compare, not {len(references)}")
    chosen = [registry.split(registry.identify(one))[:2] for one in references]
    specs = [registry.describe(name) for name, _ in chosen]
    facts = _rows([_facts(*own, spec) for own, spec in zip(chosen, specs, strict=True)])
    parts, held = zip(*(_structure(*own) for own in chosen), strict=True)
    ideas = {key: tuple(getattr(spec, key) for spec in specs) for key in IDEAS}
    pairs = itertools.pairwise(name for name, _ in chosen)
    return Difference(
        names=tuple("/".join(own) for own in chosen),
        facts=_unequal(facts),
        ideas=_unequal(ideas),
        relation="; ".join(dict.fromkeys(_relation(*pair) for pair in pairs)),
        parts=_unequal(_rows(parts, 0, in_order=True)),
        parameters=_unequal(_rows(held, 0, in_order=True)),
    )


def _facts(name: str, variant: str, spec: Architecture) -> dict[str, Any]:
    config = spec.variants[variant].config
    recipe = {f.name: getattr(spec.recipe, f.name) for f in dataclasses.fields(spec.recipe)}
    return {
        "name": spec.name,
        "year": spec.year,
        "family": registry.family(name),
        "tasks": ", ".join(spec.tasks),
        "inputs": ", ".join(f"{k}: {port.kind}" for k, port in spec.inputs.items()),
        "outputs": spec.outputs.kind,
        "parameters": spec.variants[variant].params,
        "multiply-adds": spec.variants[variant].macs,
        "multiply-adds of": example_size(spec, spec.variants[variant]),
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
    model = registry.outline(name, registry.configure(f"{name}/{variant}"))
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


def _rows(
    told: Sequence[Mapping[str, Any]], none: Any = None, in_order: bool = False
) -> dict[str, Values]:
    """What each tells, by name; `none` where one doesn't."""
    keys = {key: 0 for own in told for key in own}
    return {
        key: tuple(own.get(key, none) for own in told)
        for key in (sorted(keys) if in_order else keys)
    }


def _unequal(rows: Mapping[str, Values]) -> dict[str, Values]:
    return {key: row for key, row in rows.items() if any(value != row[0] for value in row)}
