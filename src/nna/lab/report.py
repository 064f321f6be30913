"""All claims on one page: verdict, effect, interval, figure, versions; one file, no links out."""

from __future__ import annotations

import base64
import dataclasses
from pathlib import Path
from typing import Any

from nna.errors import UserError
from nna.lab import catalog, check, claim_figure, record, verdict
from nna.lab.check import Check
from nna.lab.record import Evidence


def write(path: Path, own: Path = record.OWN) -> None:
    """Write the page of all experiments and checks to `path`.

    Args:
        path: the HTML file.
        own: the folder of the user's own results.

    Raises:
        UserError: the file can't be written, or a result is damaged.
    """
    record.replace(path, page(own))


def page(own: Path = record.OWN) -> str:
    """The page of all experiments, with the newest result of each, and of all checks, computed."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    entries = [entry(name, own) for name in catalog.names()]
    topics = {name: [computed(row) for row in catalog.checks(name)] for name in catalog.topics()}
    return environment.get_template("report.html").render(entries=entries, topics=topics)


def as_data(name: str, own: Path = record.OWN) -> dict[str, Any]:
    """What an experiment declares and its newest result, as plain data.

    Raises:
        UserError: no such experiment, or its result is damaged.
    """
    experiment, found = catalog.describe(name), record.newest(name, own)
    declared = {
        "id": name,
        "title": experiment.title,
        "scope": experiment.scope,
        "protocol": dataclasses.asdict(experiment.protocol),
        "quantities": {k: dataclasses.asdict(q) for k, q in experiment.quantities.items()},
        "claims": [dataclasses.asdict(claim) for claim in experiment.claims],
        "seeds": experiment.seeds,
        "minutes": experiment.minutes,
        "result": None,
    }
    if found is not None:
        declared["result"] = result(found[0])
    return declared


def result(kept: Evidence) -> dict[str, Any]:
    """What is measured, part by part, and the verdicts that follow from it, as plain data."""
    parts = {part: dataclasses.asdict(measured) for part, measured in kept.parts.items()}
    return {"experiment": kept.first.experiment, **parts, "claims": verdict.summary(kept)}


def computed(row: Check) -> dict[str, Any]:
    """A structural check, computed now: its text, its facts and its verdict, as plain data."""
    facts = check.compute(row)
    return {
        "row": row.row,
        "says": row.says,
        "right": row.right,
        "source": row.source,
        "stated": row.verdict,
        "verdict": check.conclude(facts),
        "facts": [dataclasses.asdict(fact) for fact in facts],
    }


def entry(name: str, own: Path) -> dict[str, object]:
    """An experiment, its newest result, the verdicts on its claims, and its figure."""
    experiment = catalog.describe(name)
    about: dict[str, object] = {
        "id": name,
        "experiment": experiment,
        "record": None,
        "parts": {},
        "figures": {},
    }
    if (found := record.newest(name, own)) is None:
        return about
    kept, folder = found
    return {
        **about,
        "record": kept.first,
        "parts": kept.parts,
        "judgements": verdict.judge(experiment, kept),
        "own": folder != record.SHIPPED / name,
        "figure": _picture(kept, folder),
        "figures": {
            claim.row: _picture(kept, folder, claim.row)
            for claim in experiment.claims
            if not kept.first.earlier
        },
    }


def figure(name: str, own: Path) -> str:
    """The figure of an experiment's newest result, as the address of an image.

    Raises:
        UserError: no such experiment, or it isn't measured.
    """
    catalog.describe(name)
    if (found := record.newest(name, own)) is None:
        raise UserError(f"{name} isn't measured yet: nna lab run {name}")
    return _picture(*found)


def _picture(kept: Evidence, folder: Path, row: str = "") -> str:
    """The figure of a claim, or of all, as an image's address: nothing in it can run in the page.

    A whole result has it beside it; that of one that is still being measured is drawn.
    """
    file = folder / (f"{row}.svg" if row else record.FIGURE)
    if file.is_file() and (kept.first.earlier or not kept.missing):
        svg = file.read_text(encoding="utf-8")
    else:
        _, svg = claim_figure.named(kept, row)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
