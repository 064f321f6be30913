"""The stored trials of a whole kind abreast: each block, and what it was tried against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nna.lab.blocks import catalog
from nna.lab.drawing import BLUE, ORANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW, FRAME = 0.42, 0.95  # inches: of a block, and of a panel's title and axis


def trials(kind: str) -> dict[tuple[str, str], list[tuple[str, dict[str, Any]]]]:
    """What came of the trials: data and what was measured on them, to blocks and their results.

    Raises:
        UserError: no such kind.
    """
    found: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = {}
    for name in catalog.names(kind):
        if (tried := catalog.tried(catalog.describe(name))) is not None:
            data = tried["setting"].partition(";")[0]
            found.setdefault((data, tried["unit"]), []).append((name, tried))
    return found


def draw(kind: str) -> Figure:
    """A panel for each thing measured, a row a block: every seed a dot, a bar at the mean.

    Raises:
        UserError: no such kind.
    """
    from matplotlib.figure import Figure

    panels = trials(kind)
    heights = [FRAME + ROW * len(rows) for rows in panels.values()]
    drawing = Figure(figsize=(7.6, sum(heights) + 0.4), layout="constrained")
    axes = drawing.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axis, ((data, measured), rows) in zip(axes, panels.items(), strict=True):
        for place, (_, tried) in enumerate(rows):
            _arm(axis, tried["others"], place + 0.17, ORANGE)
            _arm(axis, tried["runs"], place - 0.17, BLUE)
        rivals = [tried["against"].replace("without", "none") for _, tried in rows]
        common = len(set(rivals)) == 1
        labels = [
            name if common else f"{name}, against {rival}"
            for (name, _), rival in zip(rows, rivals, strict=True)
        ]
        axis.set_yticks(range(len(rows)), labels)
        axis.set(ylim=(len(rows) - 0.5, -0.5), xlabel=measured)
        axis.set_title(f"{data}; against {rivals[0]}" if common else data, fontsize=10, loc="left")
        axis.grid(axis="x", alpha=0.3)
    handles = [
        axes[0].plot([], [], "o", color=colour, label=label)[0]
        for colour, label in ((BLUE, "the block"), (ORANGE, "what it was tried against"))
    ]
    drawing.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False, fontsize=9)
    return drawing


def _arm(axis: Any, values: list[float], height: float, colour: str) -> None:
    """The seeds of one of the two."""
    axis.plot(values, [height] * len(values), "o", color=colour, alpha=0.55, markersize=5)
    mean = sum(values) / len(values)
    axis.plot([mean, mean], [height - 0.14, height + 0.14], color=colour, linewidth=2.5)
