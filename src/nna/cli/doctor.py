"""`nna doctor`: can this machine do what the other commands promise? Parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nna.cli import output
from nna.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(rich_help_panel="Trust")(doctor)


def doctor(
    out: Annotated[Path, typer.Option(help="The folder that runs are written to.")] = Path("runs"),
    json: Json = False,
) -> None:
    """Look for what is missing on this machine, and how to mend it."""
    from nna.cli.environment import examine

    findings = list(examine(out))
    broken = [finding for finding in findings if finding.state == "broken"]
    if json:
        output.print_json({"ok": not broken, "findings": findings})
    else:
        columns = ("", "state", "found", "to mend")
        output.table(columns, [(f.name, f.state, f.found, f.mend) for f in findings])
        say = (
            f"broken: {', '.join(f.name for f in broken)}" if broken else "all that is needed works"
        )
        output.say(f"\n{say}")
    if broken:
        raise typer.Exit(1)
