"""Small pieces of HTML, as notebooks show them: all text escaped, nothing fetched, no script."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, EDGE = 360, 120, 6  # of a drawing, in pixels
COLOURS = ("#3366aa", "#cc6633", "#449955", "#884499", "#777777", "#aa3355")


def block(title: str, *parts: str) -> str:
    """A titled block; `parts` are HTML already, empty ones are left out."""
    return f"<div><p><strong>{escape(title)}</strong></p>{''.join(filter(None, parts))}</div>"


def words(text: str) -> str:
    """A paragraph of any text; of none nothing."""
    return f"<p>{escape(text)}</p>" if text else ""


def code(text: str) -> str:
    """A line that can be copied."""
    return f"<pre>{escape(text)}</pre>"


def picture(source: str, said: str) -> str:
    """A picture from data in its address, with words for those who don't see it."""
    return f'<img src="{escape(source)}" alt="{escape(said)}" style="max-width:100%">'


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; None is an empty cell, numbers stand right in four digits."""
    head = "".join(f"<th>{escape(one)}</th>" for one in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    side = "right" if isinstance(value, int | float) else "left"
    return f'<td style="text-align:{side}">{escape(text(value))}</td>'


def text(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def interval(low: float | None, high: float | None) -> str:
    """From where to where, in a cell; of an end that isn't known nothing."""
    return "" if low is None or high is None else f"{low:.4g} to {high:.4g}"


def curves(lines: Mapping[str, Sequence[float]]) -> str:
    """Lines over their places, as a drawing; values that are no numbers leave gaps.

    Args:
        lines: by name; of fewer than two values nothing is drawn.
    """
    known = [one for of in lines.values() for one in of if math.isfinite(one)]
    longest = max(map(len, lines.values()), default=0)
    if len(known) < 2 or longest < 2:
        return ""
    low, high = min(known), max(known)
    drawn, key = [], []
    for (name, of), colour in zip(lines.items(), _colours(len(lines)), strict=True):
        places = [
            f"{_across(at / (longest - 1)):.1f},{_down(one, low, high):.1f}"
            for at, one in enumerate(of)
            if math.isfinite(one)
        ]
        points = " ".join(places)
        drawn.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>'
        )
        key.append(f'<span style="color:{colour}">{escape(name)}</span>')
    said = f"{', '.join(lines)} from {low:.4g} to {high:.4g}"
    return (
        f"{_drawing(HEIGHT, said, ''.join(drawn))}<p>{' · '.join(key)}, {low:.4g} to {high:.4g}</p>"
    )


def intervals(rows: Sequence[tuple[str, float, float | None, float | None]]) -> str:
    """A dot and its interval a row, with its name.

    Args:
        rows: name, mean, lower and upper end, the ends None where there is no interval.
    """
    known = [one for row in rows for one in row[1:] if one is not None and math.isfinite(one)]
    if not known:
        return ""
    low, high = min(known), max(known)
    drawn, height = [], 18 * len(rows) + 2 * EDGE
    for at, (name, mean, first, last) in enumerate(rows):
        y = EDGE + 18 * at + 9
        x = [_beside(one, low, high) for one in (mean, first, last) if one is not None]
        if len(x) == 3:
            drawn.append(f'<line x1="{x[1]:.1f}" x2="{x[2]:.1f}" y1="{y}" y2="{y}" stroke="#888"/>')
        if math.isfinite(mean):
            drawn.append(f'<circle cx="{x[0]:.1f}" cy="{y}" r="3.5" fill="{COLOURS[0]}"/>')
        drawn.append(f'<text x="0" y="{y + 4}" font-size="11">{escape(name[:28])}</text>')
    return _drawing(height, f"means from {low:.4g} to {high:.4g}", "".join(drawn))


def _drawing(height: int, said: str, inner: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{escape(said)}">{inner}</svg>'
    )


def _colours(count: int) -> list[str]:
    return [COLOURS[at % len(COLOURS)] for at in range(count)]


def _across(share: float) -> float:
    return EDGE + share * (WIDTH - 2 * EDGE)


def _down(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)


def _beside(value: float, low: float, high: float) -> float:
    """Right of the names, which take half of the width."""
    share = (value - low) / (high - low) if high > low else 0.5
    return WIDTH / 2 + share * (WIDTH / 2 - EDGE)
