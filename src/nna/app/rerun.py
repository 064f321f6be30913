"""An experiment's page on a server: its quick form, measured here, beside the stored result."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

from nna.app import jobs, pages
from nna.errors import UserError
from nna.lab import catalog, record, run as runner
from nna.lab.record import Record

PLACE = "<!--again-->"  # where an experiment's page made for a server has room for it


def inserted(made: str, name: str, yard: jobs.Yard, own: Path) -> str:
    """An experiment's page with the button, and what the last press of it gave."""
    key, stored = f"lab {name}", record.newest(name, record.SHIPPED)
    try:
        found = record.read(runner.folder(name, True, own))
        said = yard.said(key)
    except UserError as error:
        found, said = None, str(error)
    template = pages.environment().get_template("again.html")
    shown = template.render(
        id=name,
        key=key,
        experiment=catalog.describe(name),
        running=yard.running(key),
        said=said,
        own=found,
        rows=_rows(name, stored[0].first if stored else None, found),
        root="../",
    )
    return made.replace(PLACE, shown, 1)


def _rows(name: str, stored: Record | None, own: Record | None) -> list[dict[str, object]]:
    """The mean of each quantity, stored and here."""
    if own is None or not own.measured:
        return []
    here, there = own.columns, stored.columns if stored else {}
    return [
        {
            "about": quantity.about,
            "unit": quantity.unit,
            "stored": fmean(there[key]) if there.get(key) else None,
            "here": fmean(here[key]),
        }
        for key, quantity in catalog.describe(name).quantities.items()
    ]
