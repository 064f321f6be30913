"""One self-contained page on a contest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nna.errors import UserError
from nna.training import files
from nna.workbench import figures
from nna.workbench.shown import short
from nna.workbench.tournament import drawing, slices
from nna.workbench.tournament.contest import Contest
from nna.workbench.tournament.significance import LEAST
from nna.workbench.tournament.standing import WATTS, standing

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot


def write(contest: Contest) -> dict[str, Any]:
    """Write `results.json` and `report.html` into the contest's folder; give the results.

    Raises:
        UserError: nobody could take part.
    """
    from jinja2 import Environment, PackageLoader

    found = standing(contest)
    if not found["rows"]:
        raise UserError(f"nobody could take part: {next(iter(found['refused'].values()))}")
    files.write_json(contest.folder / "results.json", found)
    page = Environment(
        loader=PackageLoader("nna.workbench.tournament", "."), autoescape=True, trim_blocks=True
    )
    page.filters["short"] = short
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
