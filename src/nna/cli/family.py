"""`nna family`: all members under one protocol. Parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nna.cli import output
from nna.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Trust")(family)


def family(
    name: Annotated[str, typer.Argument(metavar="FAMILY", help="Such as convolutional.")],
    data: Annotated[str, typer.Argument(help="A dataset of pictures, or a path.")] = "digits",
    data_dir: Annotated[
        Path | None, typer.Option(help="Where the files of a dataset lie that isn't fetched.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for FAMILY-DATA.json and .md; [the current one].")
    ] = None,
    json: Json = False,
) -> None:
    """Train every member of a family with the same splits, budget and augmentation."""
    from nna.training import files
    from nna.workbench import protocol

    protocol.members(name)
    folder = out or Path()
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{name}-{Path(data).name}"
    made = protocol.run(
        name,
        data,
        stem.with_suffix(".json"),
        str(data_dir) if data_dir else None,
        said=(lambda line: None) if json else output.say,
    )
    files.write(stem.with_suffix(".md"), protocol.table(made, data))
    if json:
        output.print_json(made)
        return
    columns = ("", "accuracy", "95 % interval", "parameters", "multiply-adds", "seconds")
    shown = [
        (
            row["id"],
            f"{100 * row['accuracy']:.1f} %",
            f"{100 * row['low']:.1f} to {100 * row['high']:.1f}",
            f"{row['params']:,}",
            f"{row['macs']:,}",
            f"{row['seconds']:.0f}",
        )
        for row in made
    ]
    output.table(columns, shown, right=columns[1:])
    output.say(f"\nkept in {stem}.json and {stem}.md")
