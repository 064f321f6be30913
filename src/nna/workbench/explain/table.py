"""`nna explain` on a network that reads tables: the picture, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch

from nna import ports
from nna.errors import UserError
from nna.workbench.explain import attribution, permutation
from nna.workbench.explain.permutation import Table
from nna.workbench.explain.results import Cell, Dependence, Importance, OfColumns, OfRow
from nna.workbench.formatting import drawable, short
from nna.workbench.reports.figures import BLUE, GREY, ORANGE, new
from nna.workbench.trained_model import Trained

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

SHOWN = 15  # columns drawn; the others stand in the numbers
CROWDED = 24  # letters of values that fit side by side under a small panel
CLASSES = 5  # curves of partial dependence drawn in one panel


def reads(trained: Trained) -> bool:
    """Whether a network's data are a table, and its answers classes or numbers."""
    request = trained.run.request
    tables = ports.called(request.port["kind"]).tabular
    return tables and trained.task.comparable


def explained(
    trained: Trained, row: str | None, method: str | None, target: str | None
) -> tuple[Plot, OfColumns | OfRow, list[str]]:
    """The drawing, the numbers behind it, and words for the name of its file.

    Args:
        trained: a network that reads tables.
        row: number of a test row; None: all of them together.
        method: one of `influence`'s; None: for a row all but attention, else Shapley values.
        target: the class explained, of a row; None: the one predicted.

    Raises:
        UserError: no such method, row or class.
    """
    every = (*permutation.METHODS, *permutation.ON_REQUEST)
    if method is not None and method not in every:
        known = ", ".join(every)
        raise UserError(f"no method {method!r} for tables; there are: {known}")
    if row is not None and not row.isdecimal():
        raise UserError(f"{row!r}: say the number of a test row, or nothing for all of them")
    if row is None and target is not None:
        raise UserError("--class is for one row: say its number as well")
    attribution.captum()
    of = permutation.table(trained)
    if row is None:
        plot, found = overall(of, method or "shapley")
    else:
        plot, found = one(of, int(row), method, target)
    return plot, found, [word for word in ("columns", method, row, target) if word]


def overall(of: Table, method: str = "shapley") -> tuple[Plot, OfColumns]:
    """Which columns matter over all test rows, and how the answer follows the first of them.

    Args:
        of: the table.
        method: of the attributions beside permutation importance.
    """
    shuffled = permutation.permutation(of)
    rows = np.arange(min(permutation.ROWS, len(of.raw)))
    sizes = np.abs(permutation.attributions(of, rows, method)).mean(0)
    parts = dict(zip(of.names, map(float, sizes), strict=True))
    order = sorted(shuffled, key=lambda name: -shuffled[name][0])
    drawn = order[:SHOWN]
    curves = {
        name: permutation.dependence(of, name)
        for name in order[: permutation.CURVES]
        if name in parts
    }
    plot, axes = new(11.0, 3.2 + 0.24 * len(drawn) + 2.6, 2, 1)
    grid = axes[0, 0].get_gridspec()
    for axis in axes.flat:
        axis.remove()
    above, below = grid[0].subgridspec(1, 2), grid[1].subgridspec(1, max(len(curves), 1))
    _bars(plot.add_subplot(above[0]), drawn, shuffled, _falls(of))
    means = {name: (parts.get(name, 0.0), 0.0) for name in drawn}
    _bars(plot.add_subplot(above[1]), drawn, means, f"mean size of {_NAMES[method]}")
    first = None
    for place, (name, (values, means_of)) in enumerate(curves.items()):
        axis = plot.add_subplot(below[place], sharey=first)
        first = first or axis
        _curve(axis, of, name, values, means_of)
    return plot, OfColumns(
        method=method,
        rows=len(of.raw),
        permutation={name: Importance(*found) for name, found in shuffled.items()},
        mean_size=parts,
        dependence={
            name: Dependence(values, means_of.tolist())
            for name, (values, means_of) in curves.items()
        },
        sanity=permutation.sanity(of, rows, method),
    )


_NAMES = {
    "shapley": "Shapley values",
    "gradients": "integrated gradients",
    "occlusion": "what putting the mean in its place takes away",
    "attention": "attention of [CLS]",
}


def _falls(of: Table) -> str:
    return "permutation importance (accuracy)" if of.classes else "permutation importance (rmse)"


def _bars(axis: Any, names: list[str], sizes: dict[str, tuple[float, float]], what: str) -> None:
    values, spreads = zip(*(sizes[name] for name in names), strict=True)
    axis.barh(
        range(len(names)), values, xerr=spreads if any(spreads) else None, color=BLUE, ecolor=GREY
    )
    axis.axvline(0, color=GREY, lw=0.8)
    axis.set_yticks(range(len(names)), [drawable(name) for name in names])
    axis.set(xlabel=drawable(what))
    axis.locator_params(axis="x", nbins=5)
    axis.invert_yaxis()


def _curve(axis: Any, of: Table, name: str, values: Sequence[Cell], means: np.ndarray) -> None:
    numbers = all(isinstance(value, int | float) for value in values)
    at = values if numbers else range(len(values))
    if of.classes:
        chosen = [1] if len(of.classes) == 2 else range(min(len(of.classes), CLASSES))
        for place in chosen:
            label = drawable(of.classes[place])
            axis.plot(at, means[:, place], "-" if numbers else "o-", label=label)
        axis.legend(frameon=False, fontsize=8)
        what = "mean score" if of.temperature is None else "mean probability"
    else:
        axis.plot(at, means[:, 0], "-" if numbers else "o-", color=BLUE)
        what = "mean answer"
    if not numbers:
        axis.set_xticks(at, words := [drawable(value) for value in values])
        if sum(map(len, words)) > CROWDED:
            axis.tick_params(axis="x", labelrotation=90, labelsize=6)
    axis.set(xlabel=drawable(name))
    if axis.get_subplotspec().is_first_col():
        axis.set(ylabel=drawable(what))
    axis.grid(alpha=0.3)


def one(of: Table, row: int, method: str | None, target: str | None) -> tuple[Plot, OfRow]:
    """What each column adds to the answer for one test row.

    Args:
        of: the table.
        row: its number in the test part.
        method: one of `influence.METHODS`; None: all, beside each other.
        target: the class explained; None: the one predicted.

    Raises:
        UserError: no such row, class or method.
    """
    if row >= len(of.raw):
        raise UserError(f"the test part has {len(of.raw)} rows: 0 to {len(of.raw) - 1}")
    if target is not None and target not in of.classes:
        raise UserError(f"no class {target!r}; there are: {', '.join(of.classes) or 'none'}")
    number = None if target is None else of.classes.index(target)
    rows = np.array([row])
    asked = permutation.METHODS if method is None else (method,)
    found = {name: permutation.attributions(of, rows, name, number)[0] for name in asked}
    answer, base, said = _answer(of, row, number)
    frame = permutation.frame_of(of)
    values = {str(name): _plain(frame.iloc[row][name]) for name in frame.columns}
    first = next(iter(found.values()))
    order = np.argsort(-np.abs(first))[:SHOWN]
    plot, axes = new(4.6 * len(found), 1.4 + 0.26 * len(order), 1, len(found))
    for axis, (name, sizes) in zip(axes[0], found.items(), strict=True):
        labels = [drawable(f"{of.names[at]} = {values[of.names[at]]}") for at in order]
        colours = [BLUE if sizes[place] >= 0 else ORANGE for place in order]
        axis.barh(range(len(order)), sizes[order], color=colours)
        axis.set_yticks(range(len(order)), labels)
        axis.axvline(0, color=GREY, lw=0.8)
        title = "occlusion" if name == "occlusion" else _NAMES[name]
        axis.set(title=drawable(title), xlabel="share" if name == "attention" else "added")
        axis.invert_yaxis()
        if axis is not axes[0, 0]:
            axis.set_yticklabels([])
    whole = f"test row {row}: {said}; the mean training row: {short(base)}"
    plot.suptitle(drawable(whole))
    return plot, OfRow(
        row=row,
        explained=said,
        score=answer,
        score_of_the_mean_row=base,
        values=values,
        added={
            name: dict(zip(of.names, map(float, sizes), strict=True))
            for name, sizes in found.items()
        },
    )


@torch.no_grad()
def _answer(of: Table, row: int, number: int | None) -> tuple[float, float, str]:
    """The score explained, that of the background, and words for it."""
    score, mean = of.score(of.trained.model), of.trained.run.request.preparation["target"][0]
    out = score(of.x[row : row + 1].float())[0]
    base = score(of.background.float())[0]
    if not of.classes:
        value = float(out[0]) + mean
        return value, float(base[0]) + mean, short(value)
    named = int(of.trained.scoring.predicted(out[None].numpy())[0])
    goal = named if number is None else number
    said = f"{of.classes[goal]}, score {float(out[goal]):.3g}"
    if (temperature := of.temperature) is not None:
        said += f", {100 * float((out / temperature).softmax(0)[goal]):.1f} % sure"
    return float(out[goal]), float(base[goal]), said


def _plain(value: Any) -> Cell:
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else float(f"{float(value):.4g}")
    if isinstance(value, int | np.integer | bool | np.bool_):
        return int(value)
    return None if pd.isna(value) else str(value)
