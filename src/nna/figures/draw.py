"""From panels to SVG: text in the page's font, readable on light and on dark ground."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from xml.sax.saxutils import escape

from nna.figures import layout
from nna.figures.fold import Panel
from nna.figures.layout import LEADING, RADIUS, SIZES, Drawing, Place
from nna.figures.trace import CIRCLES

MARGIN, TITLE, BETWEEN = 16.0, 24.0, 22.0
ROOM = 900.0  # pixels beside the whole network in which blocks stand side by side
Point = tuple[float, float]
Arrow = tuple[str, list[Point], str]  # its name, its points, the side at which it ends
STYLE = """
.nna-figure{color-scheme:light dark;background:light-dark(#fff,#14181f);
font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.nna-figure text{fill:light-dark(#1a202c,#e6e9ef);text-anchor:middle}
.nna-figure .name{font-size:13px;font-weight:600}.nna-figure .detail{font-size:12px}
.nna-figure .shape,.nna-figure .role{font-size:11px;fill:light-dark(#4a5568,#a9b4c4)}
.nna-figure .sign{font-size:16px;font-weight:600}
.nna-figure .title{font-size:13px;font-weight:600;text-anchor:start}
.nna-figure text.role{text-anchor:start;paint-order:stroke;stroke-width:3px;
stroke:light-dark(#fff,#14181f)}
.nna-figure text.role.end{text-anchor:end}
.nna-figure .panel{fill:none;stroke:light-dark(#cbd5e0,#384353)}
.nna-figure .box rect{fill:light-dark(#e8f1fa,#1d3247);stroke:light-dark(#1a5a9e,#84b9f0)}
.nna-figure .block rect{fill:light-dark(#efe9fb,#2e2547);stroke:light-dark(#5b3aa6,#b9a2f3);
stroke-width:2}
.nna-figure .cat rect{fill:light-dark(#e3f5e9,#16301f);stroke:light-dark(#1c6b3a,#83d6a1);
stroke-width:2}
.nna-figure .input rect,.nna-figure .output rect{fill:light-dark(#f5f7fa,#1c222c);
stroke:light-dark(#4a5568,#a9b4c4)}
.nna-figure circle{fill:light-dark(#fdf2dc,#362912);stroke:light-dark(#b7480a,#f6a562);
stroke-width:1.5}
.nna-figure .arrow{fill:none;stroke:light-dark(#4a5568,#a9b4c4);stroke-width:1.4}
.nna-figure .head{fill:light-dark(#4a5568,#a9b4c4)}
"""


@dataclass(frozen=True, slots=True)
class Area:
    """Where something is drawn, in pixels from the left and the top, and the line that says it."""

    left: float
    top: float
    width: float
    height: float
    says: str
    line: int  # of the architecture's source


def svg(panels: list[Panel], title: str) -> str:
    """The figure of a network: the whole, then its blocks to the right of it.

    Args:
        panels: of `nna.figures.fold.fold`.
        title: what a screen reader says; it isn't drawn.
    """
    return drawn(panels, title)[0]


def drawn(panels: list[Panel], title: str) -> tuple[str, tuple[Area, ...]]:
    """The same, with the places of all that a line of the source computes."""
    drawings = [layout.lay_out(panel) for panel in panels]
    spots, width, height = _arranged(drawings)
    areas = (_areas(drawing, *spot) for drawing, spot in zip(drawings, spots, strict=True))
    body = [_panel(drawing, x, y) for drawing, (x, y) in zip(drawings, spots, strict=True)]
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    made = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="nna-figure" role="img" {size}>'
        f"<title>{escape(title)}</title><style>{STYLE}</style>{''.join(body)}</svg>\n"
    )
    return made, tuple(chain.from_iterable(areas))


def _areas(drawing: Drawing, x: float, y: float) -> Iterator[Area]:
    across, down = x + _inner(drawing), y + MARGIN + TITLE
    for number, place in drawing.places.items():
        item = drawing.panel.items[number]
        round_ = item.kind in CIRCLES
        wide, high = (2 * RADIUS, 2 * RADIUS) if round_ else (place.width, place.height)
        if item.line is not None:
            left, top = across + place.x - wide / 2, down + place.y - high / 2
            yield Area(left, top, wide, high, " ".join(item.lines), item.line)


def _inner(drawing: Drawing) -> float:
    """From the rim of a panel to what is drawn in it."""
    return (_outer(drawing)[0] - drawing.width) / 2


def _outer(drawing: Drawing) -> Point:
    wide = layout.text_width(_title(drawing.panel), 13.0) + 16
    return max(drawing.width, wide) + 2 * MARGIN, drawing.height + 2 * MARGIN + TITLE


def _arranged(drawings: list[Drawing]) -> tuple[list[Point], float, float]:
    """Where panels stand: the whole network on the left, its blocks in rows beside it."""
    sizes = [_outer(drawing) for drawing in drawings]
    left = sizes[0][0] + BETWEEN
    widest = left + max(ROOM, *(width for width, _ in sizes))
    spots, x, y, high = [(1.0, 1.0)], left, 0.0, 0.0
    for width, height in sizes[1:]:
        if x > left and x + width > widest:
            x, y, high = left, y + high + BETWEEN, 0.0
        spots.append((x + 1, y + 1))
        x += width + BETWEEN
        high = max(high, height)
    ends = [(x + w, y + h) for (x, y), (w, h) in zip(spots, sizes, strict=True)]
    return spots, max(x for x, _ in ends) + 1, max(y for _, y in ends) + 1


def _title(panel: Panel) -> str:
    if panel.definition:
        return panel.name
    return f"{panel.name} ({panel.count} in all)" if panel.count > 1 else panel.name


def _panel(drawing: Drawing, x: float, y: float) -> str:
    (width, height), inner = _outer(drawing), _inner(drawing)
    arrows = "".join(_arrow(drawing, *route) for route in _ported(drawing))
    items = "".join(_item(drawing.panel, n, place) for n, place in drawing.places.items())
    return (
        f'<g transform="translate({x:.1f} {y:.1f})">'
        f'<rect class="panel" width="{width:.1f}" height="{height:.1f}" rx="8"/>'
        f'<text class="title" x="12" y="20">{escape(_title(drawing.panel))}</text>'
        f'<g transform="translate({inner:.1f} {MARGIN + TITLE:.1f})">{arrows}{items}</g></g>'
    )


def _item(panel: Panel, number: int, place: Place) -> str:
    item = panel.items[number]
    count = "" if panel.definition else f' data-count="{panel.count * item.times}"'
    start = f'<g class="{item.kind}" data-kind="{item.kind}"{count}>'
    lines = layout.texts(item)
    if item.kind in CIRCLES:
        at = f'cx="{place.x:.1f}" cy="{place.y:.1f}" r="{RADIUS:.0f}"'
        sign = _text(place.x, place.y + 5.5, *lines[0])
        return f"{start}<circle {at}/>{sign}</g>"
    left, top = place.x - place.width / 2, place.y - place.height / 2
    corner = 14 if item.kind in ("input", "output") else 4
    rect = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{place.width:.1f}" '
        f'height="{place.height:.1f}" rx="{corner}"/>'
    )
    first = place.y - LEADING * len(lines) / 2 + 12
    told = (_text(place.x, first + i * LEADING, *line) for i, line in enumerate(lines))
    return f"{start}{rect}{''.join(told)}</g>"


def _text(x: float, y: float, text: str, style: str) -> str:
    assert style in SIZES
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


# --- arrows --------------------------------------------------------------------------------------


def _ported(drawing: Drawing) -> list[Arrow]:
    """Every arrow's points and the side at which it enters: arrows into one item apart."""
    entering: dict[int, list[int]] = {}
    for i, (_, b, _, _) in enumerate(drawing.routes):
        entering.setdefault(b, []).append(i)
    at: dict[int, float] = {}
    for b, routes in entering.items():
        place = drawing.places[b]
        routes.sort(key=lambda i: _before(drawing, i)[0])
        for rank, i in enumerate(routes):
            share = (rank + 0.5) / len(routes) - 0.5
            at[i] = place.x + share * place.width * 0.8
    return [
        _route(drawing, a, b, role, middle, at[i])
        for i, (a, b, role, middle) in enumerate(drawing.routes)
    ]


def _before(drawing: Drawing, i: int) -> Point:
    a, _, _, middle = drawing.routes[i]
    return middle[-1] if middle else (drawing.places[a].x, drawing.places[a].y)


def _route(  # noqa: PLR0913 - an arrow has as many parts
    drawing: Drawing, a: int, b: int, role: str, middle: list[Point], port: float
) -> Arrow:
    source, target = drawing.places[a], drawing.places[b]
    if not middle:
        return _in_u(source, target, role)
    start, last = (source.x, source.y + source.height / 2), middle[-1][0]
    if drawing.panel.items[b].kind in CIRCLES:
        side = 1 if last > target.x else -1
        if abs(last - target.x) > RADIUS + 2 and _clear(drawing, target, last):
            end = (target.x + side * RADIUS, target.y)
            return role, [start, *middle, end], "left" if side > 0 else "right"
        beside = abs(last - target.x) > RADIUS + 2  # of what stands in the way
        port = target.x + (port - target.x) / 2 * beside
    end = (port, target.y - target.height / 2)
    return role, [start, *middle, (port, drawing.tops[b]), end], "down"


def _clear(drawing: Drawing, target: Place, x: float) -> bool:
    """Whether nothing stands between an item and a place at its side."""
    low, high = sorted((target.x, x))
    return not any(
        place is not target
        and abs(place.y - target.y) < place.height / 2
        and low < place.x + place.width / 2
        and place.x - place.width / 2 < high
        for place in drawing.places.values()
    )


def _in_u(source: Place, target: Place, role: str) -> Arrow:
    """An arrow within an arm of a U, or from one to the other."""
    if source.x == target.x:
        side = 1 if source.y < target.y else -1
        start = (source.x, source.y + side * source.height / 2)
        end = (target.x, target.y - side * target.height / 2)
        return role, [start, end], "down" if side > 0 else "up"
    if target.y > source.y + source.height / 2:  # into the bottom
        start, end = (
            (source.x, source.y + source.height / 2),
            (target.x - target.width / 2, target.y),
        )
        return role, [start, end], "right"
    if source.y > target.y + target.height / 2:  # out of it
        start, end = (
            (source.x + source.width / 2, source.y),
            (target.x, target.y + target.height / 2),
        )
        return role, [start, end], "up"
    start = (source.x + source.width / 2, source.y)
    return role, [start, (target.x - target.width / 2, target.y)], "right"


def _arrow(drawing: Drawing, role: str, points: list[Point], side: str) -> str:
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    last = len(points) - 2
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        if x0 == x1 or y0 == y1:
            path.append(f"L{x1:.1f} {y1:.1f}")
        elif i == last and side in ("left", "right"):
            path.append(f"Q{x0:.1f} {y1:.1f} {x1:.1f} {y1:.1f}")
        elif i == last and side == "up":
            path.append(f"Q{x1:.1f} {y0:.1f} {x1:.1f} {y1:.1f}")
        else:
            half = (y0 + y1) / 2
            path.append(f"C{x0:.1f} {half:.1f} {x1:.1f} {half:.1f} {x1:.1f} {y1:.1f}")
    x, y = points[-1]
    told = ""
    if role:  # on the arrow's outer side
        left = len(points) > 2 and x < points[-3][0]
        told = (
            f'<text class="role{" end" if left else ""}" x="{x - 7 if left else x + 7:.1f}" '
            f'y="{y - 8:.1f}">{escape(role)}</text>'
        )
    return f'<path class="arrow" d="{"".join(path)}"/>{_head(x, y, side)}{told}'


def _head(x: float, y: float, side: str) -> str:
    ends = {
        "down": ((-4, -7), (4, -7)),
        "up": ((-4, 7), (4, 7)),
        "left": ((7, -4), (7, 4)),
        "right": ((-7, -4), (-7, 4)),
    }[side]
    (a, b), (c, d) = ends
    return f'<path class="head" d="M{x:.1f} {y:.1f}l{a} {b}L{x + c:.1f} {y + d:.1f}z"/>'
