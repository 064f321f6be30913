"""`nna errata`: what texts keep saying wrongly, and what is right. Parses, calls, prints."""

from __future__ import annotations

from typing import Annotated

import typer

from nna.cli import output
from nna.cli.options import Json
from nna.errors import UserError, nearest


def errata(
    row: Annotated[
        str | None, typer.Argument(metavar="[ROW]", help="Only this one, such as HIST-14.")
    ] = None,
    json: Json = False,
) -> None:
    """List errors that texts keep repeating, or show one: what is right, and its source."""
    from nna.atlas import errata as told

    if row is not None:
        _one(row.upper(), json)
    elif json:
        output.print_json(told.every())
    else:
        for place, topic in enumerate(topic for topic in told.read() if topic.errata):
            output.heading(topic.title, space=place > 0)
            for erratum in topic.errata:
                output.say(f"  {erratum.row:8}  {erratum.says}")
        output.say("\nWhat is right: nna errata ROW. What is decided by computation: nna lab list.")


def _one(row: str, json: bool) -> None:
    from nna.atlas import attributions, errata as told

    known = {erratum.row: erratum for erratum in told.every()}
    if row not in known:
        raise UserError(f"no erratum {row!r}; {nearest(row, tuple(known), 'nna errata')}")
    erratum = known[row]
    if json:
        output.print_json(erratum)
        return
    output.heading(f"{row}: {erratum.says}", space=False)
    output.facts(
        [
            ("right", erratum.right),
            ("matters", erratum.matters),
            *(("source", source) for source in erratum.sources),
            *([("from one hand", erratum.alone)] if erratum.alone else []),
            *(
                (f"{one.who} {one.year}", f"{one.idea} ({one.source})")
                for one in attributions.told_by(row)
            ),
            ("about", ", ".join(erratum.about)),
        ]
    )
