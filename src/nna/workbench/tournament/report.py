"""One self-contained page on a contest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nna.data import rows
from nna.errors import UserError
from nna.training import files
from nna.workbench import figures
from nna.workbench.shown import short
from nna.workbench.tournament import drawing, slices
from nna.workbench.tournament.contest import Contest
from nna.workbench.tournament.significance import LEAST
from nna.workbench.tournament.standing import WATTS, label, standing

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot


def write(contest: Contest) -> dict[str, Any]:
    """Write `results.json` and `report.html` into the contest's folder; give the results.

    Raises:
        UserError: nobody could take part.
    """
    from jinja2 import Environment, PackageLoader

    found, contest = standing(contest), contest.so_far()
    if not found["rows"]:
        raise UserError(f"nobody could take part: {next(iter(found['refused'].values()))}")
    found["warnings"] = repeated(contest)
    files.write_json(contest.folder / "results.json", found)
    page = Environment(
        loader=PackageLoader("nna.workbench.tournament", "."), autoescape=True, trim_blocks=True
    )
    page.filters["short"] = short
    page.filters["label"] = label
    html = page.get_template("compare.html.j2").render(
        plan=contest.plan,
        found=found,
        watts=WATTS,
        least=LEAST,
        sections=_sections(contest, found),
        slices=slices.worst(contest, found["rows"][0]["name"]),
    )
    files.write(contest.folder / "report.html", html)
    return found


def repeated(contest: Contest) -> list[str]:
    """What makes all figures look better than they are: tested rows that were learnt from."""
    if contest.plan.horizon is not None:
        return []  # windows of series overlap by design, and forward in time
    found, tested = rows.keys(contest.field.x), 0
    known = found.get("double", found["single"])
    for fold in contest.folds:
        tested += int(np.isin(known[fold.test], known[fold.train]).sum())
    if not tested:
        return []
    asked = sum(len(fold.test) for fold in contest.folds)
    return [
        f"{tested:,} of {asked:,} tested rows hold the values of rows that were learnt from: leave "
        "out what comes twice, or keep it together with --groups"
    ]


def path(contest: Contest) -> Path:
    """Where the report stands."""
    return contest.folder / "report.html"


def _sections(contest: Contest, found: dict[str, Any]) -> list[dict[str, str]]:
    names = [row["name"] for row in found["rows"]]
    drawn: list[tuple[str, str, Plot | None]] = [
        (
            "Figures of all folds",
            "A diamond is the mean, the line its 95 % interval (corrected t), a dot one fold.",
            drawing.means(found),
        ),
        (
            "Mean ranks",
            "A bar joins contenders that a paired test over the folds, corrected for overlapping "
            "training rows and for the number of pairs, doesn't tell apart.",
            drawing.ranks(found) if found["pairs"] else None,
        ),
        ("Learning", "Loss over the epochs, first fold.", drawing.curves(contest)),
        (
            "Calibration",
            "Of all answers given with one confidence, how many were right.",
            drawing.calibration(contest, names),
        ),
        ("Answers", "Every tested row.", drawing.predicted(contest, names[0])),
    ]
    return [
        {"title": title, "says": says, "picture": figures.embedded(plot)}
        for title, says, plot in drawn
        if plot is not None
    ]
