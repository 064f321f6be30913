"""`nna family`: all members under one protocol. Parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nna.cli import output
from nna.cli.options import DataDir, Device, Json
from nna.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Trust")(family)


def family(  # noqa: PLR0913 - one option a thing that the user may say
    name: Annotated[str, typer.Argument(metavar="FAMILY", help="Such as convolutional.")],
    data: Annotated[str, typer.Argument(help="A dataset of pictures, or a path.")] = "digits",
    data_dir: DataDir = None,
    max_samples: Annotated[
        int | None,
        typer.Option(
            help="Training examples to draw at most, of other parts half as many each; [2000]."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for FAMILY-DATA.json and .md; [the current one].")
    ] = None,
    note: Annotated[
        str | None, typer.Option(help="A sentence to keep with the results, as on the data.")
    ] = None,
    device: Device = "auto",
    stored: Annotated[
        bool, typer.Option("--stored", help="Train nothing: show what comes with nna.")
    ] = False,
    json: Json = False,
) -> None:
    """Train every member of a family with the same splits, budget and augmentation."""
    from nna.workbench.recommendation import family_results

    key = f"{name}-{Path(data).name}"
    if stored:
        known = family_results.shipped()
        if key not in known:
            raise UserError(f"nothing is stored for {key}; there is: {', '.join(known) or 'none'}")
        _show(known[key], json)
        return
    from nna.training import devices, files
    from nna.training.loop import Interrupted
    from nna.workbench.data_source import Source
    from nna.workbench.recommendation import protocol

    protocol.members(name)
    devices.named(device)  # refused before a folder is made
    folder = out or Path()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key}.json"
    origin = Source(
        data=data, data_dir=str(data_dir) if data_dir else None, max_samples=max_samples
    )
    try:
        said = () if json else (output.Countdown().tell,)
        held = protocol.run(name, origin, path, *said, note=note, device=device)
    except Interrupted:
        raise UserError(
            f"stopped; {path} keeps what was trained: the same command continues"
        ) from None
    files.write(path.with_suffix(".md"), family_results.table(held))
    _show(held, json)
    if not json:
        output.say(f"\nkept in {path} and {path.with_suffix('.md').name}")


def _show(held: dict[str, Any], json: bool) -> None:
    if json:
        output.print_json(held)
        return
    from nna.workbench.recommendation import family_results

    columns = ("", "accuracy", "95 % interval", "parameters", "multiply-adds", "step")
    shown = [
        (
            row["id"],
            f"{100 * row['accuracy']:.1f} %",
            f"{100 * row['low']:.1f} to {100 * row['high']:.1f}",
            f"{row['params']:,}",
            f"{row['macs']:,}",
            family_results.step(row),
        )
        for row in held["rows"]
    ]
    output.table(columns, shown, right=columns[1:])
