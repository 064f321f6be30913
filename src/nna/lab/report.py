"""All claims on one page: verdict, effect, interval, figure, versions; one file, no links out."""

from __future__ import annotations

import base64
import dataclasses
from pathlib import Path
from typing import Any

from nna.lab import catalog, record, verdict
from nna.lab.record import Record


def write(path: Path, own: Path = record.OWN) -> None:
    """Write the page of all experiments to `path`.

    Args:
        path: the HTML file.
        own: the folder of the user's own results.

    Raises:
        UserError: the file can't be written, or a result is damaged.
    """
    record.replace(path, page(own))


def page(own: Path = record.OWN) -> str:
    """The page of all experiments, with the newest result of each."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    entries = [_entry(name, own) for name in catalog.names()]
    return environment.get_template("report.html").render(entries=entries)


def as_data(name: str, own: Path = record.OWN) -> dict[str, Any]:
    """What an experiment declares and its newest result, as plain data.

    Raises:
        UserError: no such experiment, or its result is damaged.
    """
    experiment, found = catalog.describe(name), record.newest(name, own)
    declared = {
        "id": name,
        "title": experiment.title,
        "protocol": dataclasses.asdict(experiment.protocol),
        "quantities": {k: dataclasses.asdict(q) for k, q in experiment.quantities.items()},
        "claims": [dataclasses.asdict(claim) for claim in experiment.claims],
        "seeds": experiment.seeds,
        "minutes": experiment.minutes,
        "result": None,
    }
    if found is not None:
        result = dataclasses.asdict(found[0])
        declared["result"] = {**result, "claims": record.summary(found[0])}
    return declared


def _entry(name: str, own: Path) -> dict[str, object]:
    experiment = catalog.describe(name)
    entry: dict[str, object] = {"id": name, "experiment": experiment, "record": None}
    if (found := record.newest(name, own)) is None:
        return entry
    newest, folder = found
    return {
        **entry,
        "record": newest,
        "judgements": verdict.judge(experiment, newest.columns),
        "own": folder != record.SHIPPED / name,
        "figure": _picture(newest),
    }


def _picture(result: Record) -> str:
    """The figure as the address of an image: nothing in it can run in the page."""
    svg = record.svg(result)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
