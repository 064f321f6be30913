"""One self-contained page on a comparison."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nna.data.splits import row_identity
from nna.errors import UserError
from nna.training import files
from nna.workbench.comparison import plots, slices
from nna.workbench.comparison.comparison import Comparison
from nna.workbench.comparison.ranking import WATTS, standing
from nna.workbench.comparison.results import Ranking
from nna.workbench.comparison.significance import LEAST
from nna.workbench.formatting import short
from nna.workbench.reports import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot


def write(comparison: Comparison) -> Ranking:
    """Write `results.json` and `report.html` into the comparison's folder; give the results.

    Raises:
        UserError: nobody could take part.
    """
    from jinja2 import Environment, PackageLoader

    found, comparison = standing(comparison), comparison.so_far()
    if not found.rows:
        raise UserError(f"nobody could take part: {next(iter(found.refused.values()))}")
    found = dataclasses.replace(found, warnings=repeated(comparison))
    files.write_json(comparison.folder / "results.json", found.to_json())
    page = Environment(
        loader=PackageLoader("nna.workbench.comparison", "."), autoescape=True, trim_blocks=True
    )
    page.filters["short"] = short
    html = page.get_template("compare.html.j2").render(
        plan=comparison.plan,
        found=found,
        watts=WATTS,
        least=LEAST,
        sections=_sections(comparison, found),
        slices=slices.worst(comparison, found.rows[0].name),
    )
    files.write(comparison.folder / "report.html", html)
    return found


def repeated(comparison: Comparison) -> list[str]:
    """What makes all figures look better than they are: tested rows that were learnt from."""
    if comparison.plan.horizon is not None:
        return []  # windows of series overlap by design, and forward in time
    found, tested = row_identity.keys(comparison.field.x), 0
    known = found.get("double", found["single"])
    for fold in comparison.folds:
        tested += int(np.isin(known[fold.test], known[fold.train]).sum())
    if not tested:
        return []
    asked = sum(len(fold.test) for fold in comparison.folds)
    return [
        f"{tested:,} of {asked:,} tested rows hold the values of rows that were learnt from: leave "
        "out what comes twice, or keep it together with --groups"
    ]


def path(comparison: Comparison) -> Path:
    """Where the report stands."""
    return comparison.folder / "report.html"


def _sections(comparison: Comparison, found: Ranking) -> list[dict[str, str]]:
    names = [row.name for row in found.rows]
    drawn: list[tuple[str, str, Plot | None]] = [
        (
            "Figures of all folds",
            "A diamond is the mean, the line its 95 % interval (corrected t), a dot one fold.",
            plots.means(found),
        ),
        (
            "Mean ranks",
            "A bar joins candidates that a paired test over the folds, corrected for overlapping "
            "training rows and for the number of pairs, doesn't tell apart.",
            plots.ranks(found) if found.pairs else None,
        ),
        ("Learning", "Loss over the epochs, first fold.", plots.curves(comparison)),
        (
            "Calibration",
            "Of all answers given with one confidence, how many were right.",
            plots.calibration(comparison, names),
        ),
        ("Answers", "Every tested row.", plots.predicted(comparison, names[0])),
    ]
    return [
        {"title": title, "says": says, "picture": figures.embedded(plot)}
        for title, says, plot in drawn
        if plot is not None
    ]
