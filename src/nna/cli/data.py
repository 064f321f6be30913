"""`nna data`: the datasets, and what is known of a file of one's own. Parses, calls, prints."""

from __future__ import annotations

from typing import Annotated

import typer

from nna.cli import output
from nna.cli.options import Json

data = typer.Typer(help="Datasets, and a first look at a file of your own.")


def register(app: typer.Typer) -> None:
    """Add the sub-commands to the command line."""
    app.add_typer(data, name="data", rich_help_panel="Data")


@data.command("list")
def list_(json: Json = False) -> None:
    """List the datasets."""
    from nna.data import catalog

    rows = [{"id": name, **output.plain(catalog.describe(name))} for name in catalog.names()]
    if json:
        output.print_json(rows)
        return
    columns = ("id", "task", "port", "rows", "origin", "title")
    shown = [
        (r["id"], r["task"], r["port"]["kind"], f"{r['rows']:,}", r["origin"], r["title"])
        for r in rows
    ]
    output.table(columns, shown, right=("rows",))


@data.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="A dataset, such as digits.")],
    json: Json = False,
) -> None:
    """Show what is known of a dataset, without loading it."""
    from nna.data import catalog

    about = catalog.describe(name)
    if json:
        output.print_json({"id": name, **output.plain(about)})
        return
    output.heading(f"{about.title} ({name})", space=False)
    output.facts(
        [
            ("about", about.about),
            ("task", about.task),
            ("port", output.port(about.port)),
            ("rows", f"{about.rows:,}"),
            ("origin", about.origin),
            ("source", about.source),
            ("licence", about.licence),
        ]
    )
