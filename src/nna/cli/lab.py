"""`nna lab`: list, show, run and report the experiments. Parses, calls, prints."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nna.errors import UserError

if TYPE_CHECKING:
    from nna.lab.record import Record

lab = typer.Typer(no_args_is_help=True, help="Claims, decided by experiment.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

COLOURS = {"holds": "blue", "holds with limits": "yellow", "fails": "red"}


def register(app: typer.Typer) -> None:
    """Add the sub-commands to the command line."""
    app.add_typer(lab, name="lab", rich_help_panel="Lab")


@lab.command("list")
def list_(as_json: Json = False) -> None:
    """List the claims, and the verdict on each."""
    from nna.lab import catalog, record

    rows = []
    for name in catalog.names():
        found = record.newest(name)
        judged = {claim["row"]: claim for claim in record.summary(found[0])} if found else {}
        for claim in catalog.describe(name).claims:
            decided = judged[claim.row]["verdict"] if judged else None
            rows.append(
                {"experiment": name, "row": claim.row, "claim": claim.says, "verdict": decided}
            )
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("experiment", "claim", "verdict", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["experiment"], row["claim"], _coloured(row["verdict"]))
    Console().print(table)


@lab.command()
def show(name: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """Show the protocol and criterion of an experiment, and its newest result."""
    from nna.lab import catalog, record
    from nna.lab import report as page

    experiment, found = catalog.describe(name), record.newest(name)
    if as_json:
        typer.echo(json.dumps(page.as_data(name), indent=1))
        return
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    console.print(f"[bold]{escape(experiment.title)}[/bold]\n")
    protocol = experiment.protocol
    for word, text in (
        ("Data", protocol.data),
        ("Models", protocol.models),
        ("Training", protocol.training),
        ("Measured", protocol.measured),
        ("Quick form", protocol.quick),
    ):
        console.print(f"[bold]{word}:[/bold] {escape(text)}")
    console.print(
        f"[bold]Seeds:[/bold] {experiment.seeds}, about {experiment.minutes:g} minutes on two cores"
    )
    _print_claims(name, found[0] if found else None)
    if found is None:
        console.print(f"\nNot measured yet: nna lab run {name}")
        return
    result, folder = found
    origin = "the maintainers'" if folder == record.SHIPPED / name else "your own"
    packages = ", ".join(f"{package} {number}" for package, number in result.versions.items())
    console.print(
        f"\n{len(result.measured)} of {result.asked} seeds, {result.date}, {result.seconds:.0f} s "
        f"of measuring, {packages} ({origin} result)"
    )
    if (figure := folder / record.FIGURE).is_file():
        typer.echo(f"Figure: {figure}")
    if result.source != record.fingerprint(name):
        typer.echo("The experiment's file has been changed since.")


@lab.command()
def run(  # noqa: PLR0913  (one an option)
    name: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    every: Annotated[bool, typer.Option("--all", help="Run all of them.")] = False,
    quick: Annotated[
        bool, typer.Option(help="A short form: it runs, but decides nothing.")
    ] = False,
    seeds: Annotated[int | None, typer.Option(help="How many seeds, from 0.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Processes at a time [default: cores].")] = None,
    fresh: Annotated[bool, typer.Option(help="Forget what is measured.")] = False,
    store: Annotated[bool, typer.Option(help="Put the result into the package.")] = False,
) -> None:
    """Measure an experiment; interrupted, the same command goes on where it was."""
    from nna.lab import catalog
    from nna.lab import run as runner

    if every == (name is not None):
        raise UserError("name one experiment, or give --all; see `nna lab list`")
    if store and quick:
        raise UserError("a quick result decides nothing and is not stored: leave out --quick")
    if jobs is not None and jobs < 1:
        raise UserError(f"--jobs {jobs}: at least one process must measure")
    for each in catalog.names() if name is None else (name,):
        start = runner.begin(each, seeds=seeds, quick=quick, fresh=fresh)
        done = _measure(start, jobs or os.cpu_count() or 1)
        _print_claims(each, done)
        typer.echo(f"kept: {runner.store(done) if store else runner.folder(each, quick)}")


@lab.command()
def report(
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path(
        "runs", "lab", "report.html"
    ),
) -> None:
    """Write all claims, verdicts and figures to one HTML page."""
    from nna.lab import report as page

    page.write(out)
    typer.echo(f"written: {out}")


def _measure(start: Record, jobs: int) -> Record:
    """Measure what is missing, with progress and the time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from nna.lab import run as runner

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("seeds"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    place = runner.folder(start.experiment, start.quick)
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(
            start.experiment, total=start.asked, completed=start.asked - len(start.missing)
        )
        try:
            return runner.run(start, place, jobs=jobs, tick=lambda _: progress.advance(task))
        except KeyboardInterrupt:
            progress.stop()
            typer.echo("nna: interrupted; the same command goes on where it was", err=True)
            raise typer.Exit(130) from None


def _print_claims(name: str, result: Record | None) -> None:
    """The claims with their conditions, and what a result says of them."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from nna.lab import catalog
    from nna.lab.verdict import judge

    console, experiment = Console(highlight=False), catalog.describe(name)
    judged = judge(experiment, result.columns) if result else ()
    for number, claim in enumerate(experiment.claims):
        verdict = judged[number].verdict if judged else None
        console.print(f"\n[bold]{escape(claim.says)}[/bold] {_coloured(verdict)}")
        console.print(f"{claim.row}, made by {escape('; '.join(claim.by))}", style="dim")
        table = Table("condition", "bound", "effect [95 % interval]", "outcome", box=None)
        for place, condition in enumerate(claim.conditions):
            finding = judged[number].findings[place] if judged else None
            table.add_row(
                escape(condition.says) + (" (limit)" if condition.limit else ""),
                condition.bound,
                escape(finding.estimate) if finding else "",
                finding.outcome if finding else "",
            )
        console.print(table)


def _coloured(verdict: str | None) -> str:
    """A verdict in its colour, for rich."""
    if verdict is None:
        return "[dim]not measured[/dim]"
    colour = COLOURS.get(verdict)
    return f"[{colour}]{verdict}[/{colour}]" if colour else verdict
