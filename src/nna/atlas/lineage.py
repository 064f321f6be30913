"""Who grew from whom: the graph of every architecture's `after`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nna.atlas import catalogue
from nna.errors import UserError, nearest
from nna.spec import Architecture

Edges = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the graph unrolled into a tree."""

    id: str
    branches: tuple[Branch, ...]
    again: bool  # it stands in the tree above, with its branches


@dataclass(frozen=True, slots=True)
class Lineage:
    """The graph. An id that nobody describes yet has a name and neighbours, nothing else."""

    specs: Mapping[str, Architecture]
    parents: Edges  # id -> the ids it grew from, oldest first
    children: Edges  # id -> the ids that grew from it, oldest first

    def year(self, name: str) -> int | None:
        """When it was published; nothing of an id that is only a name."""
        return self.specs[name].year if name in self.specs else None

    def check(self, name: str) -> None:
        """Accept ids of the graph, described or not.

        Raises:
            UserError: neither an architecture nor a name in a lineage.
        """
        if name not in self.parents:
            hint = nearest(name, tuple(self.parents), "nna lineage")
            raise UserError(f"no architecture {name!r}; {hint}")

    def ancestors(self, name: str) -> tuple[str, ...]:
        """All it grew from, nearest first."""
        return _reach(name, self.parents)

    def descendants(self, name: str) -> tuple[str, ...]:
        """All that grew from it, nearest first."""
        return _reach(name, self.children)

    def kin(self, name: str) -> tuple[str, ...]:
        """Its ancestors, itself and its descendants, oldest first."""
        around = {*self.ancestors(name), name, *self.descendants(name)}
        return tuple(each for each in self.parents if each in around)

    def roots(self) -> tuple[str, ...]:
        """The ids that grew from none."""
        return tuple(name for name, parents in self.parents.items() if not parents)

    def common(self, one: str, other: str) -> tuple[str, ...]:
        """Ancestors of both, oldest first."""
        both = {*self.ancestors(one)} & {*self.ancestors(other)}
        return tuple(name for name in self.parents if name in both)


def graph() -> Lineage:
    """The lineage of everything that can be described."""
    specs = catalogue.read().specs
    names = set(specs) | {name for spec in specs.values() for name in spec.builds_on}

    def age(name: str) -> tuple[int, str]:
        return (specs[name].year if name in specs else 0, name)

    ordered = sorted(names, key=age)
    parents = {n: tuple(sorted(specs[n].builds_on, key=age)) if n in specs else () for n in ordered}
    children = {n: tuple(m for m in ordered if n in parents[m]) for n in ordered}
    return Lineage(specs, parents, children)


def unroll(name: str, edges: Edges, seen: set[str] | None = None) -> Branch:
    """The part of the graph below `name` as a tree; what was unrolled once isn't again.

    Args:
        name: where to start.
        edges: `parents` of a lineage to climb to the ancestors, `children` to descend.
        seen: ids unrolled before; they grow with this call.
    """
    seen = set() if seen is None else seen
    if name in seen:
        return Branch(name, (), again=bool(edges[name]))
    seen.add(name)
    return Branch(name, tuple(unroll(n, edges, seen) for n in edges[name]), again=False)


def _reach(name: str, edges: Edges) -> tuple[str, ...]:
    found: dict[str, None] = {}
    todo = list(edges[name])
    while todo:
        nearer = todo.pop(0)
        if nearer != name and nearer not in found:
            found[nearer] = None
            todo += edges[nearer]
    return tuple(found)
