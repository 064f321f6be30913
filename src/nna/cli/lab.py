"""`nna lab`: claims decided by experiment or by computation. Parses, calls, prints."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nna.cli import INTERRUPTED, output
from nna.cli.options import Json
from nna.errors import UserError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nna.lab.check import Check
    from nna.lab.record import Record

lab = typer.Typer(help="Claims, each decided by an experiment or by computation.")


def register(app: typer.Typer) -> None:
    """Add the sub-commands to the command line."""
    app.add_typer(lab, name="lab", rich_help_panel="Lab")


@lab.command("list")
def list_(
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="Only a topic's rows, such as reg.")
    ] = None,
    json: Json = False,
) -> None:
    """List the claims, and the verdict on each."""
    rows = _rows()
    if topic:
        topics = tuple(dict.fromkeys(row["row"].partition("-")[0].lower() for row in rows))
        if topic.lower() not in topics:
            raise UserError(f"no topic {topic!r}; {nearest(topic, topics, 'nna lab list')}")
        rows = [row for row in rows if row["row"].lower().startswith(f"{topic.lower()}-")]
    if json:
        output.print_json(rows)
        return
    columns = ("experiment", "row", "verdict", "claim")
    output.table(
        columns, [(r["experiment"], r["row"], _said(r["verdict"]), r["claim"]) for r in rows]
    )
    counts = Counter(_said(row["verdict"]) for row in rows)
    said = ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common())
    output.say(f"\n{len(rows)} rows: {said}; one of them: nna lab show {rows[0]['row']}")


def _rows() -> list[dict[str, Any]]:
    """Every claim with its verdict, experiments before checks."""
    from nna.lab import catalog, record

    rows = []
    for name in catalog.names():
        claims = catalog.describe(name).claims
        try:
            found = record.newest(name)
            verdicts = {c["row"]: c["verdict"] for c in record.summary(found[0])} if found else {}
        except UserError as damaged:  # it hides its own verdicts only
            output.warn(str(damaged))
            verdicts = {claim.row: "unreadable" for claim in claims}
        for claim in claims:
            about = {"row": claim.row, "verdict": verdicts.get(claim.row), "claim": claim.says}
            rows.append({"experiment": name, **about})
    for topic in catalog.topics():
        for check in catalog.checks(topic):
            about = {"row": check.row, "verdict": check.verdict, "claim": check.says}
            rows.append({"experiment": topic, **about})
    return rows


@lab.command()
def show(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="An experiment, a topic, or a row: xor, cnn, FF-03."),
    ],
    json: Json = False,
) -> None:
    """Show an experiment's protocol and criterion, and its newest result; or a check's text."""
    from nna.lab import catalog, record, report, run as runner

    name = catalog.meant(name)
    if checks := catalog.checks(name):
        _show_checks(checks, json)
        return
    experiment, found = catalog.describe(name), record.newest(name)
    if json:
        output.print_json(report.as_data(name))
        return
    output.heading(f"{experiment.title} ({name})", space=False)
    protocol = experiment.protocol
    output.facts(
        [
            ("data", protocol.data),
            ("models", protocol.models),
            ("training", protocol.training),
            ("measured", protocol.measured),
            ("quick form", protocol.quick),
            ("seeds", f"{experiment.seeds}, about {_minutes(experiment.minutes)} on two cores"),
        ]
    )
    _print_claims(name, found[0] if found else None)
    output.say()
    if found is None:
        output.say(f"not measured yet: nna lab run {name}")
        return
    result, folder = found
    shipped = folder == record.SHIPPED / name
    changed = None if shipped else runner.differs(name, folder)  # the suite sees to the others
    output.facts(
        [
            ("result", "of the maintainers" if shipped else "your own"),
            ("measured", f"{len(result.measured)} of {result.asked} seeds, {result.date}"),
            ("took", f"{result.seconds:.0f} s of one processor, added over the seeds"),
            ("versions", ", ".join(f"{name} {number}" for name, number in result.versions.items())),
            ("figure", folder / record.FIGURE if not result.missing else None),
            ("note", f"what measures has been changed since: {changed}" if changed else None),
        ]
    )


@lab.command()
def run(  # noqa: PLR0913  (an argument an option)
    name: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="An experiment, a topic, or a row: xor, cnn, FF-03."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Run all of them.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A short form; decides nothing.")] = False,
    seeds: Annotated[int | None, typer.Option(help="How many seeds, from 0.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Processes at a time; else one a core.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what is measured.")] = False,
    store: Annotated[bool, typer.Option("--store", help="Ship the result in the package.")] = False,
    json: Json = False,
) -> None:
    """Measure an experiment, or compute checks; interrupted, a measurement goes on where it was."""
    from nna.lab import catalog, run as runner

    if every == (name is not None):
        raise UserError("name one experiment, or give --all; see `nna lab list`")
    if store and quick:
        raise UserError("a quick result decides nothing and is not stored: leave out --quick")
    if jobs is not None and jobs < 1:
        raise UserError(f"--jobs {jobs}: at least one process must measure")
    name = catalog.meant(name) if name else None
    checks = [c for each in ([name] if name else catalog.topics()) for c in catalog.checks(each)]
    if name and checks and (quick or store or fresh or seeds is not None):
        raise UserError(f"{name} is computed: no seeds, no quick form, nothing to store or forget")
    names = catalog.names() if name is None else () if checks else (name,)
    begun = [runner.begin(each, seeds=seeds, quick=quick, fresh=fresh) for each in names]
    results = [_run(start, jobs or os.cpu_count() or 1, store, json) for start in begun]
    _compute(checks, results, json)


@lab.command()
def report(
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path(
        "runs", "lab", "report.html"
    ),
) -> None:
    """Write all claims, verdicts and figures to one HTML page."""
    from nna.lab import report as page

    page.write(out)
    output.say(str(out))


def _run(start: Record, jobs: int, store: bool, json: bool) -> dict[str, object]:
    """Measure an experiment and keep its result, as plain data; printed unless as JSON."""
    from nna.lab import report, run as runner

    done = _measure(start, jobs)
    name, quick = done.experiment, done.quick
    kept = runner.store(done) if store else runner.folder(name, quick)
    if not json:
        _print_claims(name, done)
        if quick:
            output.say("\nthe quick form decides nothing; it shows that the experiment runs")
        output.say(f"\nkept in {kept}")
    return report.result(done)


def _compute(checks: Sequence[Check], results: list[dict[str, object]], json: bool) -> None:
    """Compute checks and print what came, after the results of experiments where as JSON."""
    from nna.lab import report

    computed = [report.computed(check) for check in checks]
    if json:
        output.print_json([*results, *computed])
    for each in [] if json else computed:
        output.heading(f"{each['row']}: {each['says']} {each['verdict'].upper()}")
        output.say(output.wrapped(f"right: {each['right']} ({each['source']})"))
        rows = [(f["kind"], str(f["true"]).lower(), f["found"], f["says"]) for f in each["facts"]]
        output.table(("kind", "true", "found", "statement"), rows)
    if odd := [each["row"] for each in computed if each["verdict"] != each["stated"]]:
        output.warn(f"another verdict than the one listed: {', '.join(odd)}")
        raise typer.Exit(1)


def _show_checks(checks: Sequence[Check], json: bool) -> None:
    """What checks say, and the verdicts listed; computes nothing."""
    from nna.lab import catalog

    if json:
        code = {"measure": None, "figure": None}
        output.print_json([{**output.plain(check), **code} for check in checks])
        return
    for number, check in enumerate(checks):
        output.heading(f"{check.row}: {check.says} {check.verdict.upper()}", space=number > 0)
        output.facts([("right", check.right), ("source", check.source)])
    output.say(f"\nto compute: nna lab run {checks[0].row}")
    if len(checks) == 1 and (name := catalog.measures(checks[0].row)):
        output.say(f"what of it is measured: nna lab show {name}")


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
        TextColumn("seeds,"),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    done, place = start.asked - len(start.missing), runner.folder(start.experiment, start.quick)
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(start.experiment, total=start.asked, completed=done)
            return runner.run(start, place, jobs=jobs, tick=lambda _: progress.advance(task))
    except KeyboardInterrupt:
        output.warn("interrupted; the same command goes on where it was")
        raise typer.Exit(INTERRUPTED) from None


def _print_claims(name: str, result: Record | None) -> None:
    """The claims with their conditions, and what a result says of them."""
    from nna.lab import catalog
    from nna.lab.verdict import judge

    experiment = catalog.describe(name)
    judged = judge(experiment, result.columns) if result else ()
    for number, claim in enumerate(experiment.claims):
        verdict = judged[number].verdict if judged else None
        output.heading(f"{claim.row}: {claim.says} {_said(verdict).upper()}")
        output.say(output.wrapped(f"made by {'; '.join(claim.by)}"))
        if claim.rather:
            output.say(output.wrapped(f"rather: {claim.rather}"))
        found = judged[number].findings if judged else (None,) * len(claim.conditions)
        rows = [
            (
                f.outcome if f else "",
                f.estimate if f else "",
                f"{c.bound} {experiment.unit(c)}".strip(),
                c.statement,
            )
            for c, f in zip(claim.conditions, found, strict=True)
        ]
        output.table(("outcome", "effect [95 % interval]", "bound", "condition"), rows)


def _minutes(count: float) -> str:
    return "a minute" if count == 1 else f"{count:g} minutes"


def _said(verdict: str | None) -> str:
    return verdict or "not measured"
