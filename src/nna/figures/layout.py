"""Where things stand: layers from top to bottom, skip connections beside what they skip.

Layers by the longest path, order by barycentres, places by least squares: Sugiyama, Tagawa, Toda
(1981), Methods for Visual Understanding of Hierarchical System Structures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from nna.figures.fold import Item, Panel
from nna.figures.trace import CIRCLES

WIDE, NARROW = "MWmw@%—→", " il.,:;'|!()[]ft"
GAP, LANE, ROW = 22.0, 16.0, 30.0  # between boxes; of an arrow that passes; between layers
LEADING = 16.0
RADIUS = 11.0


def text_width(text: str, size: float) -> float:
    """Pixels that a text takes at the most, in the fonts that pages use."""
    widths = (
        0.95 if c in WIDE else 0.36 if c in NARROW else 0.69 if c.isupper() else 0.6 for c in text
    )
    return size * sum(widths)


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape without its batch."""
    return "×".join(map(str, shape)) or "1"


@dataclass(slots=True)
class Place:
    """A rectangle around what is drawn, by its middle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Drawing:
    """A panel with places."""

    panel: Panel
    places: dict[int, Place] = field(default_factory=dict)
    routes: list[tuple[int, int, str, list[tuple[float, float]]]] = field(default_factory=list)
    tops: dict[int, float] = field(default_factory=dict)  # of the layers of items
    width: float = 0.0
    height: float = 0.0


def texts(item: Item) -> list[tuple[str, str]]:
    """The lines of an item, each with its style: name, detail or shape."""
    if item.kind in CIRCLES:
        return [(item.lines[0], "sign")]
    first = f"{item.times} × {item.lines[0]}" if item.times > 1 else item.lines[0]
    told = [(first, "name"), *((line, "detail") for line in item.lines[1:])]
    return [*told, (shape_text(item.shape), "shape")]


SIZES = {"name": 13.0, "detail": 12.0, "shape": 11.0, "sign": 16.0}


def extent(panel: Panel, number: int) -> tuple[float, float]:
    """Width and height of an item; room for the names of what enters it."""
    item = panel.items[number]
    if item.kind in CIRCLES:
        return 2 * RADIUS, 2 * RADIUS
    lines = texts(item)
    width = max(text_width(text, SIZES[style]) for text, style in lines) + 16
    roles = [text_width(role, SIZES["shape"]) for _, b, role in panel.edges if b == number and role]
    if roles:
        width = max(width, 1.25 * len(panel.into(number)) * (max(roles) + 8))
    if item.kind == "cat":
        return max(width, 150.0), LEADING * len(lines) + 6
    return max(width, 44.0), LEADING * len(lines) + 8


def ranks(panel: Panel) -> dict[int, int]:
    """Layers: each item below all that it reads; inputs right above what first reads them."""
    found: dict[int, int] = {}
    for number in _sorted(panel):
        found[number] = 1 + max((found[a] for a in panel.into(number)), default=-1)
    last = max(found.values())
    for number, item in panel.items.items():
        if item.kind == "output":  # the lowest layer
            found[number] = max(last, 1)
        below = [found[b] for b in panel.out_of(number)]
        if item.kind == "input" and below:
            found[number] = min(below) - 1
    least = min(found.values(), default=0)
    return {number: rank - least for number, rank in found.items()}


def _sorted(panel: Panel) -> list[int]:
    """Items, each after all that it reads."""
    left = {number: set(panel.into(number)) for number in panel.items}
    made: list[int] = []
    while left:
        ready = next(n for n, needs in left.items() if needs <= set(made))
        made.append(ready)
        del left[ready]
    return made


# --- layers ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Node:
    """An item, or the place where an arrow passes a layer."""

    key: tuple[int, ...]  # an item's number; or its source's and the layer
    rank: int
    width: float
    real: bool
    x: float = 0.0
    up: list[Node] = field(default_factory=list)
    down: list[Node] = field(default_factory=list)


def layered(panel: Panel) -> Drawing:
    """Places and routes of a panel."""
    level = ranks(panel)
    sizes = {number: extent(panel, number) for number in panel.items}
    nodes: dict[tuple[int, ...], Node] = {
        (n,): Node((n,), level[n], sizes[n][0], True) for n in panel.items
    }
    chains: dict[tuple[int, int], list[Node]] = {}
    for a, b, _ in panel.edges:
        chain = [nodes[a,]]
        for rank in range(level[a] + 1, level[b]):
            passing = nodes.setdefault((a, rank), Node((a, rank), rank, LANE, False))
            chain.append(passing)
        chain.append(nodes[b,])
        for one, other in pairwise(chain):
            if other not in one.down:
                one.down.append(other)
                other.up.append(one)
        chains[a, b] = chain
    rows = [[n for n in nodes.values() if n.rank == r] for r in range(max(level.values()) + 1)]
    for row in rows:
        row.sort(key=lambda n: (not n.real, n.key if n.real else (-n.key[0],)))
    _order(rows)
    _spread(rows)
    return _placed(panel, rows, nodes, chains, sizes)


def _crossings(rows: list[list[Node]]) -> int:
    total = 0
    for row in rows:
        at = {id(n): i for i, n in enumerate(row)}
        below = (
            [(at[id(n)], j) for j, other in enumerate(rows[row[0].rank + 1]) for n in other.up]
            if row[0].rank + 1 < len(rows)
            else []
        )
        below.sort()
        total += sum(
            1 for i, (a, b) in enumerate(below) for c, d in below[i + 1 :] if a < c and b > d
        )
    return total


def _order(rows: list[list[Node]]) -> None:
    """Sort every layer by the middle of its neighbours, while arrows cross less for it."""
    best, least = [list(row) for row in rows], _crossings(rows)
    for sweep in range(8):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            at = {id(n): i for other in rows for i, n in enumerate(other)}
            near = {id(n): [at[id(o)] for o in (n.up if down else n.down)] for n in row}
            row.sort(
                key=lambda n: sum(near[id(n)]) / len(near[id(n)]) if near[id(n)] else at[id(n)]
            )
        if (now := _crossings(rows)) < least:
            best, least = [list(row) for row in rows], now
    for row, kept in zip(rows, best, strict=True):
        row[:] = kept


def _spread(rows: list[list[Node]]) -> None:
    """Give every node its x: near its neighbours, boxes first, arrows that pass beside them."""
    for row in rows:
        x = 0.0
        for node in row:
            node.x = x + node.width / 2
            x += node.width + GAP
    for sweep in range(9):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            _row(row, [_wish(node, down) for node in row])
    _lanes(rows)


def _wish(node: Node, down: bool) -> float:
    """Where a node would like to stand: boxes by boxes, arrows that pass by what they join."""
    first, then = (node.up, node.down) if down else (node.down, node.up)
    for side in (first, then):
        near = [n for n in side if n.real or not node.real]
        if near:
            return sum(n.x for n in near) / len(near)
    near = first or then
    return sum(n.x for n in near) / len(near) if near else node.x


def _lanes(rows: list[list[Node]]) -> None:
    """Let arrows that pass on the outside go straight down, as near as boxes let them."""
    for side in (1, -1):
        free: dict[int, list[Node]] = {}  # by source: what no box stands outside of
        for row in rows:
            for node in row[::-side]:
                if node.real:
                    break
                free.setdefault(node.key[0], []).append(node)
        for lane in sorted(free.values(), key=lambda n: side * sum(m.x for m in n) / len(n)):
            bounds = [_bound(rows[node.rank], node, side) for node in lane]
            known = [bound for bound in bounds if bound is not None]
            for node in lane if known else ():
                node.x = max(known) if side > 0 else min(known)


def _bound(row: list[Node], node: Node, side: int) -> float | None:
    """How near an arrow can come to what stands on its inner side."""
    place = row.index(node) - side
    if not 0 <= place < len(row):
        return None
    inner = row[place]
    return inner.x + side * ((inner.width + node.width) / 2 + (GAP / 2 if inner.real else 0))


def _row(row: list[Node], wishes: list[float]) -> None:
    """The places nearest to the wishes, in order and apart: pool adjacent violators."""
    offsets, x = [], 0.0
    for i, node in enumerate(row):
        if i:
            x += (row[i - 1].width + node.width) / 2 + GAP
        offsets.append(x)
    pools: list[list[float]] = []  # mean, weight, how many
    for node, wish, offset in zip(row, wishes, offsets, strict=True):
        pools.append([wish - offset, 1000.0 if node.real else 1.0, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, weight, many = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * weight) / (last[1] + weight)
            last[1] += weight
            last[2] += many
    place = [mean for mean, _, many in pools for _ in range(int(many))]
    for node, at, offset in zip(row, place, offsets, strict=True):
        node.x = at + offset


def _placed(
    panel: Panel,
    rows: list[list[Node]],
    nodes: dict[tuple[int, ...], Node],
    chains: dict[tuple[int, int], list[Node]],
    sizes: dict[int, tuple[float, float]],
) -> Drawing:
    left = min(n.x - n.width / 2 for n in nodes.values())
    drawing, y = Drawing(panel), 0.0
    tops: list[tuple[float, float]] = []
    for row in rows:
        height = max((sizes[n.key[0]][1] for n in row if n.real), default=LANE)
        for node in row:
            node.x -= left
            if node.real:
                drawing.places[node.key[0]] = Place(node.x, y + height / 2, *sizes[node.key[0]])
        tops.append((y, y + height))
        y += height + ROW
    drawing.width = max(n.x + n.width / 2 for n in nodes.values())
    drawing.height = y - ROW
    for a, b, role in panel.edges:
        middle = [(n.x, h) for n in chains[a, b][1:-1] for h in tops[n.rank]]
        leaving = (drawing.places[a].x, tops[nodes[a,].rank][1])
        drawing.routes.append((a, b, role, [leaving, *middle]))
        drawing.tops[b] = tops[nodes[b,].rank][0]
    return drawing


# --- the U -------------------------------------------------------------------------------------


def bottom_of_u(panel: Panel) -> int | None:
    """The item at which a panel turns round: maps shrink to it and grow again to their joins."""
    order = [n for n in _sorted(panel) if len(panel.items[n].shape) == 3]
    sides = [panel.items[n].shape[-1] for n in order]
    joins = [i for i, n in enumerate(order) if panel.items[n].kind == "cat"]
    if len(joins) < 2 or not sides:
        return None
    lowest = min(sides)
    last = max(i for i, side in enumerate(sides) if side == lowest)
    grows = [sides[i] for i in joins if i > last]
    rising = len(grows) > 1 and all(a < b for a, b in pairwise(grows))
    return order[last] if rising else None


def u_shaped(panel: Panel, bottom: int) -> Drawing:
    """Down on the left, up on the right; joins at the height of what they join."""
    sizes = {number: extent(panel, number) for number in panel.items}
    order = _sorted(panel)
    turn = order.index(bottom)
    left, right = order[:turn], order[turn + 1 :]
    between = {n: a for n in right for a in panel.into(n)[:1] if panel.into(n) == [a] and a in left}
    right = [n for n in right if n not in between]
    level = {}  # what stands on the right, by what stands at the same height on the left
    for number in right:
        for a in panel.into(number):
            if between.get(a, a) in left:
                level[between.get(a, a)] = number
    at = _heights(left, right, level, sizes)
    at[bottom] = ROW + sizes[bottom][1] / 2
    for number in between:
        at[number] = next(at[b] for b in panel.out_of(number))
    return _two_arms(panel, sizes, (left, [bottom, *between], right), at)


def _heights(
    left: list[int],
    right: list[int],
    level: dict[int, int],
    sizes: dict[int, tuple[float, float]],
) -> dict[int, float]:
    """The middles of both arms, from the bottom (0) up, that is below zero."""
    at: dict[int, float] = {}
    tops = [0.0, 0.0]

    def stand(number: int, arm: int, most: float = 0.0) -> float:
        half = sizes[number][1] / 2
        at[number] = min(tops[arm] - half, most)
        tops[arm] = at[number] - half - ROW
        return at[number]

    waiting = list(right)
    for number in reversed(left):
        goal = level.get(number)
        while goal in waiting and waiting[0] != goal:
            stand(waiting.pop(0), 1)
        if goal in waiting:
            waiting.pop(0)
            height = min(tops[i] - sizes[n][1] / 2 for i, n in enumerate((number, goal)))
            stand(goal, 1, height)
            stand(number, 0, height)
        else:
            stand(number, 0)
    for number in waiting:
        stand(number, 1)
    return at


def _two_arms(
    panel: Panel,
    sizes: dict[int, tuple[float, float]],
    columns: tuple[list[int], list[int], list[int]],
    at: dict[int, float],
) -> Drawing:
    drawing, x = Drawing(panel), 0.0
    top = min(at[n] - sizes[n][1] / 2 for n in at)
    for column in columns:
        width = max(sizes[n][0] for n in column)
        for number in column:
            drawing.places[number] = Place(x + width / 2, at[number] - top, *sizes[number])
        x += width + 2 * GAP
    drawing.width = x - 2 * GAP
    drawing.height = max(p.y + p.height / 2 for p in drawing.places.values())
    drawing.routes = [(a, b, role, []) for a, b, role in panel.edges]
    return drawing


def lay_out(panel: Panel) -> Drawing:
    """Places and routes of a panel, a U where it is one."""
    bottom = bottom_of_u(panel)
    return layered(panel) if bottom is None else u_shaped(panel, bottom)
