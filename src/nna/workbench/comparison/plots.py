"""The pictures of a comparison's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nna.workbench.comparison.comparison import Comparison
from nna.workbench.comparison.results import Fit, Ranking, complete
from nna.workbench.formatting import drawable
from nna.workbench.reports.figures import BLUE, GREY, ORANGE, new

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

BINS = 10
DRAWN = 3  # candidates whose calibration is drawn


def means(found: Ranking) -> Plot:
    """Every candidate's mean with its interval, and its folds as dots."""
    rows = found.rows[::-1]
    plot, axes = new(7.5, 0.8 + 0.36 * len(rows))
    axis = axes[0, 0]
    for place, row in enumerate(rows):
        colour = BLUE if row.kind == "network" else ORANGE
        if row.low is not None and row.high is not None:
            axis.plot([row.low, row.high], [place, place], color=colour, lw=2)
        axis.plot(row.folds, [place] * len(row.folds), "o", color=colour, ms=3, alpha=0.5)
        axis.plot(row.mean, place, "D", color=colour, ms=6)
    axis.set_yticks(range(len(rows)), [drawable(row.name) for row in rows])
    axis.set(xlabel=drawable(f"{found.measure} (networks blue, baselines orange)"))
    axis.grid(alpha=0.3, axis="x")
    return plot


def ranks(found: Ranking) -> Plot | None:
    """The critical-difference diagram: mean ranks, with a bar over those not told apart."""
    rows = found.rows
    if len(rows) < 3:
        return None
    from scikit_posthocs import critical_difference_diagram

    folds = pd.DataFrame({row.name: row.folds for row in rows})
    means = folds.rank(axis=1, ascending=not found.higher_is_better).mean()
    chances = pd.DataFrame(1.0, index=folds.columns, columns=folds.columns)
    for pair in found.pairs:
        chances.loc[pair.one, pair.other] = chances.loc[pair.other, pair.one] = pair.p
    plot, axes = new(8.0, 0.9 + 0.22 * len(rows))
    critical_difference_diagram(means, chances, ax=axes[0, 0])
    return plot


def curves(comparison: Comparison) -> Plot | None:
    """The loss of each network over its epochs, in the first fold: training and validation."""
    told = {
        name: of[0].about.curve
        for name, of in comparison.results().items()
        if of and isinstance(of[0], Fit) and len(of[0].about.curve) > 1
    }
    if not told:
        return None
    wide = min(len(told), 4)
    plot, axes = new(3.2 * wide, 2.6 * -(-len(told) // wide), -(-len(told) // wide), wide)
    for axis in axes.flat[len(told) :]:
        axis.set_visible(False)
    for axis, (name, curve) in zip(axes.flat, told.items(), strict=False):
        epochs = [line["epoch"] for line in curve]
        for key, colour in (("loss", BLUE), ("validation loss", ORANGE)):
            if key in curve[0]:
                axis.plot(epochs, [line[key] for line in curve], color=colour, label=drawable(key))
        axis.set(title=drawable(name), xlabel="epoch")
        axis.grid(alpha=0.3)
        axis.legend(frameon=False, fontsize=8)
    return plot


def calibration(comparison: Comparison, names: list[str]) -> Plot | None:
    """How often each confidence was right, over all tested rows."""
    if not comparison.field.classes:
        return None
    plot, axes = new(4.4, 4.0)
    axis = axes[0, 0]
    axis.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--")
    for name in names[:DRAWN]:
        answers = _answers(comparison, name)
        y = np.concatenate([comparison.field.y[fold.test] for fold in comparison.folds])
        sure, right = answers.max(1), answers.argmax(1) == y
        bins = np.clip((sure * BINS).astype(int), 0, BINS - 1)
        filled = [b for b in range(BINS) if (bins == b).sum() >= 5]
        axis.plot(
            [sure[bins == b].mean() for b in filled],
            [right[bins == b].mean() for b in filled],
            "o-",
            ms=4,
            label=drawable(name),
        )
    axis.set(xlabel="confidence", ylabel="share that was right", xlim=(0, 1.02), ylim=(0, 1.02))
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    return plot


def _answers(comparison: Comparison, name: str) -> np.ndarray:
    """What a candidate answered, fold by fold."""
    fits = complete(comparison.results()[name]) or ()
    return np.concatenate([np.asarray(fit.answers) for fit in fits])


def predicted(comparison: Comparison, name: str) -> Plot | None:
    """Predicted numbers against true ones, of all tested rows."""
    if comparison.field.classes:
        return None
    answers = _answers(comparison, name)
    y = np.concatenate([comparison.field.y[fold.test] for fold in comparison.folds])
    plot, axes = new(4.4, 4.0)
    ends = [min(y.min(), answers.min()), max(y.max(), answers.max())]
    axes[0, 0].plot(ends, ends, color=GREY, lw=1, ls="--")
    axes[0, 0].plot(y, answers, "o", ms=3, alpha=0.4, color=BLUE)
    axes[0, 0].set(xlabel="true", ylabel=drawable(f"predicted by {name}"))
    axes[0, 0].grid(alpha=0.3)
    return plot
