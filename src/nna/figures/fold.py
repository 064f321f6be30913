"""From all steps to what a page can hold: blocks as boxes, each drawn once, repeats as `N ×`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from nna.figures import words
from nna.figures.trace import Trace

SMALL = 6  # boxes up to which a module is drawn where it is used, not apart
LINES = 6  # of a box, at the most


@dataclass(slots=True)
class Item:
    """One thing drawn."""

    kind: str  # input, output, box, block, cat, or one of CIRCLES
    lines: words.Lines
    shape: tuple[int, ...]
    block: tuple[object, ...] = ()  # of a block: what makes another one equal
    times: int = 1  # how many follow one another
    line: int | None = None  # of the architecture's source


@dataclass(slots=True)
class Panel:
    """One graph of items: the whole network, or a block of it."""

    name: str
    count: int  # how often the network holds it
    items: dict[int, Item] = field(default_factory=dict)  # in the order of their execution
    edges: list[tuple[int, int, str]] = field(default_factory=list)  # from, to, role
    definition: bool = False  # of a fused kernel: at every step of a series

    def into(self, item: int) -> list[int]:
        """What an item reads."""
        return [a for a, b, _ in self.edges if b == item]

    def out_of(self, item: int) -> list[int]:
        """What reads an item."""
        return [b for a, b, _ in self.edges if a == item]


def fold(trace: Trace) -> list[Panel]:
    """The panels of a figure, the whole first, then each kind of block as it first occurs."""
    return _Folder(pruned(trace)).panels()


def pruned(trace: Trace) -> Trace:
    """Without the steps that nothing depends on."""
    needed = set(trace.outputs)
    for number in range(len(trace.steps) - 1, -1, -1):
        if number in needed:
            needed.update(wire.step for wire in trace.steps[number].wires)
    dead = [n for n, step in enumerate(trace.steps) if n not in needed and step.kind != "input"]
    for number in dead:
        trace.steps[number].kind = "dead"
    return trace


class _Folder:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.alive = [n for n, step in enumerate(trace.steps) if step.kind != "dead"]
        self.members: dict[int, list[int]] = {}  # the steps of a call
        self.parent: dict[int, int | None] = {}
        for number in self.alive:
            above: int | None = None
            for call in trace.steps[number].calls:
                self.parent[call], above = above, call
                self.members.setdefault(call, []).append(number)
        self.readers: dict[int, list[int]] = {}
        for number in self.alive:
            for wire in trace.steps[number].wires:
                self.readers.setdefault(wire.step, []).append(number)
        self.signatures = {call: self.signature(steps) for call, steps in self.members.items()}
        self.drawn = self._drawn()
        self.names = self._names()

    # --- which calls are blocks --------------------------------------------------------------

    def signature(self, steps: list[int]) -> tuple[object, ...]:
        """Equal for calls that compute the same but for sizes."""
        places = {number: place for place, number in enumerate(steps)}
        outside: dict[int, int] = {}
        told: list[object] = []
        for number in steps:
            step = self.trace.steps[number]
            wires = tuple(
                places[w.step]
                if w.step in places
                else -1 - outside.setdefault(w.step, len(outside))
                for w in step.wires
            )
            told.append((step.kind, step.lines[:1], wires))
        return tuple(told)

    def _drawn(self) -> set[int]:
        """The calls that are boxes of their own; what others do is drawn where they are called."""
        root = next((c for c, above in self.parent.items() if above is None), None)
        beside = Counter(self._kind(call) for call in self.members)
        size: dict[int, int] = {}
        drawn: set[int] = set()
        for call in sorted(self.members, reverse=True):  # what is called within has a higher number
            within = {n: self._outermost(n, call, drawn) for n in self.members[call]}
            heavy = [n for n, apart in within.items() if apart is None and not self._light(n)]
            apart = set(within.values()) - {None}
            size[call] = len(heavy) + len(apart)
            if call == root or self.trace.calls[call].container:
                continue
            if not self._inline(call, size[call], beside[self._kind(call)]):
                drawn.add(call)
        return drawn

    def _kind(self, call: int) -> tuple[int | None, str]:
        """The module around a call, containers aside, and its name: equal for neighbours."""
        above = self.parent[call]
        while above is not None and self.trace.calls[above].container:
            above = self.parent[above]
        return above, self.trace.calls[call].name

    def _inline(self, call: int, size: int, beside: int) -> bool:
        """Small ones are, but those that repeat; and those that join paths of their user's."""
        if self.trace.calls[call].named:
            return False
        return size <= 2 or (size <= SMALL and (beside == 1 or len(self._outside(call)) > 1))

    def _outside(self, call: int) -> list[int]:
        """What a call reads of others."""
        inside = set(self.members[call])
        read = (w.step for n in self.members[call] for w in self.trace.steps[n].wires)
        return list(dict.fromkeys(step for step in read if step not in inside))

    def _light(self, number: int) -> bool:
        return words.light(self.trace.steps[number].lines[0])

    def _outermost(self, number: int, within: int | None, drawn: set[int]) -> int | None:
        """The outermost drawn call around a step, below another call."""
        calls = self.trace.steps[number].calls
        below = calls if within is None else calls[calls.index(within) + 1 :]
        return next((c for c in below if c in drawn), None)

    def _names(self) -> dict[object, str]:
        """What blocks are called, numbered where several kinds share a name."""
        kinds = {self.signatures[c]: self.trace.calls[c].name for c in sorted(self.drawn)}
        shared, met = Counter(kinds.values()), Counter[str]()
        names: dict[object, str] = {}
        for signature, name in kinds.items():
            met[name] += 1
            names[signature] = f"{name} {met[name]}" if shared[name] > 1 else name
        return names

    # --- panels -------------------------------------------------------------------------------

    def panels(self) -> list[Panel]:
        made = [self._panel(None, self.trace.name, 1)]
        times = Counter(self.signatures[c] for c in self.drawn)
        seen: set[object] = set()
        for call in sorted(self.drawn):
            signature = self.signatures[call]
            if signature not in seen:
                seen.add(signature)
                made.append(self._panel(call, self.names[signature], times[signature]))
        fused = (step.inside for step in map(self.trace.steps.__getitem__, self.alive))
        for inside in {trace.name: trace for trace in fused if trace is not None}.values():
            made.append(fold(inside)[0])
            made[-1].definition = True
        return made

    def _panel(self, call: int | None, name: str, count: int) -> Panel:
        panel = Panel(name, count)
        steps = self.alive if call is None else self.members[call]
        inside = set(steps)
        names = {} if call is None else self.trace.calls[call].arguments
        place: dict[int, int] = {}  # of the item that a step is drawn in
        for source in [] if call is None else self._outside(call):
            panel.items[source] = Item(
                "input", (names.get(source, "x"),), self.trace.steps[source].shape
            )
            place[source] = source
        for number in steps:
            within = self._outermost(number, call, self.drawn)
            place[number] = number if within is None else self.members[within][-1]
        for number in steps:
            if place[number] == number:
                panel.items[number] = self._item(number, call)
        self._connect(panel, steps, place)
        for number in steps:
            if self._leaves(number, inside):
                end = len(self.trace.steps) + number
                said = "out" if call is not None else self.trace.outputs[number]
                panel.items[end] = Item("output", (said,), self.trace.steps[number].shape)
                panel.edges.append((place[number], end, ""))
        _named(panel)
        _merge(panel)
        _repeat(panel)
        return panel

    def _leaves(self, number: int, inside: set[int]) -> bool:
        beyond = any(reader not in inside for reader in self.readers.get(number, ()))
        return beyond or number in self.trace.outputs

    def _item(self, number: int, call: int | None) -> Item:
        step = self.trace.steps[number]
        within = self._outermost(number, call, self.drawn)
        if within is None:
            kind = "block" if step.inside else step.kind
            return Item(kind, step.lines, step.shape, line=step.line)
        signature, line = self.signatures[within], self.trace.calls[within].line
        return Item("block", (self.names[signature],), step.shape, signature, line=line)

    def _connect(self, panel: Panel, steps: list[int], place: dict[int, int]) -> None:
        found: dict[tuple[int, int, str], None] = {}
        for number in steps:
            for wire in self.trace.steps[number].wires:
                source, target = place.get(wire.step), place[number]
                if source is not None and source != target:
                    found[source, target, wire.role] = None
        panel.edges = list(found)


def _named(panel: Panel) -> None:
    """Write the name of an arrow into the box that it alone enters."""
    for place, (a, b, role) in enumerate(panel.edges):
        item = panel.items[b]
        if role and item.kind == "box" and len(panel.into(b)) == 1:
            item.lines = (*item.lines, role)
            panel.edges[place] = (a, b, "")


def _merge(panel: Panel) -> None:
    """Write norms and activations under what they follow."""
    for number in list(panel.items):
        item = panel.items[number]
        before = panel.into(number)
        if item.kind != "box" or not words.light(item.lines[0]) or len(before) != 1:
            continue
        above = panel.items[before[0]]
        fits = above.shape == item.shape and len(above.lines) + len(item.lines) <= LINES
        if above.kind == "box" and fits and panel.out_of(before[0]) == [number]:
            above.lines = (*above.lines, *item.lines)
            _drop(panel, number, before[0])


def _repeat(panel: Panel) -> None:
    """Draw equal neighbours once, those too that read what all before them read as well."""
    for number in list(panel.items):
        item, before = panel.items[number], panel.into(number)
        if item.kind not in ("box", "block"):
            continue
        for source in before:
            above = panel.items[source]
            same = (above.kind, above.lines, above.shape, above.block) == (
                item.kind,
                item.lines,
                item.shape,
                item.block,
            )
            others = set(before) - {source}
            if same and set(panel.out_of(source)) == {number} and others <= {*panel.into(source)}:
                above.times += item.times
                _drop(panel, number, source)
                break


def _drop(panel: Panel, number: int, into: int) -> None:
    """Take an item out; what read it reads another."""
    del panel.items[number]
    panel.edges = [
        (into if a == number else a, b, role) for a, b, role in panel.edges if b != number
    ]
