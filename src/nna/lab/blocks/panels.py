"""What a figure shows, as numbers first, and the one way they are drawn and written."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nna.errors import UserError
from nna.lab.drawing import BLUE, GREY, ORANGE, new

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {"block": BLUE, "other": ORANGE, "ground": GREY}
FORMS = (".svg", ".png", ".pdf")


@dataclass(frozen=True, slots=True)
class Line:
    """Points in their order."""

    label: str  # lines of one label share a place in the legend; none: no place
    x: Sequence[float]
    y: Sequence[float]
    role: Literal["block", "other", "ground"] = "block"
    style: str = "-"  # as matplotlib writes it; "." for points without a line


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes."""

    title: str
    across: str
    up: str
    lines: Sequence[Line]
    log: bool = False  # of the axis that goes up
    log_across: bool = False


def draw(panels: Sequence[Panel], title: str) -> Figure:
    """The panels side by side."""
    drawing, axes = new(4.2 * len(panels), 3.4, len(panels))
    drawing.suptitle(title, fontsize=11)
    for axis, panel in zip(axes, panels, strict=True):
        _panel(axis, panel)
    return drawing


def _panel(axis: Any, panel: Panel) -> None:
    named: set[str] = set()
    for line in panel.lines:
        label = line.label if line.label not in named else ""
        named.add(line.label)
        faint = line.role == "ground"
        axis.plot(
            line.x,
            line.y,
            line.style,
            color=COLOURS[line.role],
            label=label or None,
            linewidth=0.8 if faint else 1.5,
            markersize=4,
            alpha=0.6 if faint else 0.9,
        )
    axis.set_title(panel.title, fontsize=10)
    axis.set(xlabel=textwrap.fill(panel.across, 44), ylabel=panel.up)
    if panel.log:
        axis.set_yscale("log")
    if panel.log_across:
        axis.set_xscale("log")
    axis.grid(alpha=0.3)
    if named - {""}:
        axis.legend(frameon=False, fontsize=8)


def image(drawing: Figure, form: str) -> bytes:
    """The figure as svg, png or pdf: the same bytes every time."""
    import io

    import matplotlib

    whole = io.BytesIO()
    dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    # letters, not their outlines; and names of parts that don't change from run to run
    with matplotlib.rc_context({"svg.hashsalt": "nna", "svg.fonttype": "none"}):
        drawing.savefig(whole, format=form, dpi=150, metadata=dated.get(form))
    return whole.getvalue()


def write(drawing: Figure, path: Path) -> None:
    """Write a figure, whole or not at all.

    Raises:
        UserError: the file's ending names no form that is known.
    """
    from nna.training import files

    check(path)
    made = image(drawing, path.suffix.lower()[1:])
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, made)


def check(path: Path) -> None:
    """The ending of a figure's file must be one that is known.

    Raises:
        UserError: it isn't.
    """
    if path.suffix.lower() not in FORMS:
        raise UserError(f"{path}: name a file that ends in {', '.join(FORMS[:-1])} or {FORMS[-1]}")
