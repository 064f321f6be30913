"""`nna verify`: the ledger of proofs. Parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nna.cli import output
from nna.cli.options import Json

if TYPE_CHECKING:
    from nna.ledger import Entry


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Trust")(verify)


def _print(entry: Entry) -> None:
    """A line of evidence, and one for every figure that a source prints otherwise."""
    line = f"{entry.architecture:12} {entry.proof:9} {entry.check:22} {entry.state:8} "
    first, *rest = [*entry.evidence.splitlines(), entry.paired]
    if entry.state not in ("proven", "open"):
        first, rest = " ".join(entry.evidence.split()), []
    output.say(line + first[:160])
    for said in rest:
        output.say(output.wrapped(f"    {said}", "    "))


def verify(
    architectures: Annotated[
        list[str] | None, typer.Argument(metavar="[ID|FOLDER]...", help="All, if none is named.")
    ] = None,
    behaviour: Annotated[bool, typer.Option(help="Train each on its signature task too.")] = True,
    write: Annotated[
        Path | None, typer.Option(help="Write the ledger to this folder, as table and as JSON.")
    ] = None,
    json: Json = False,
) -> None:
    """Prove each architecture again: facts, parity, behaviour and contract.

    Ends with 1 where a promise is broken, with 3 where none is but a missing package kept some
    from being checked. A behaviour is open, not broken, where ten seeds don't tell the architecture
    from its baseline.
    """
    from nna import ledger, registry

    asked = map(registry.identify, architectures or registry.names())
    names = [registry.split(reference)[0] for reference in asked]
    entries = []
    for entry in ledger.verify(names, behaviour):
        entries.append(entry)
        if not json:
            _print(entry)
    if write:
        ledger.write(entries, write)
    if json:
        output.print_json(ledger.plain(entries))
    broken = [e for e in entries if e.state == "broken"]
    missing = [e for e in entries if e.state == "not run"]
    if not json:
        states = ("proven", "open", "broken", "not run")
        counted = (f"{sum(e.state == state for e in entries)} {state}" for state in states)
        output.say(f"\n{len(entries)} promises: {', '.join(counted)}")
    if broken or missing:
        raise typer.Exit(1 if broken else 3)
