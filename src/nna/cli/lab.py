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
    from nna.lab.experiment import Claim, Experiment, Part
    from nna.lab.record import Evidence, Record
    from nna.lab.verdict import Finding

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
    from nna.lab import catalog, record, verdict

    rows = []
    for name in catalog.names():
        experiment = catalog.describe(name)
        try:
            found = record.newest(name)
            judged = verdict.judge(experiment, found[0]) if found else ()
            verdicts = {j.claim.row: (j.label, j.why) for j in judged}
        except UserError as damaged:  # it hides its own verdicts only
            output.warn(str(damaged))
            verdicts = {claim.row: ("unreadable", "") for claim in experiment.claims}
        for claim in experiment.claims:
            said, why = verdicts.get(claim.row, (None, ""))
            about = {"row": claim.row, "verdict": said, "why": why, "claim": claim.says}
            rows.append({"experiment": name, **about, "scope": experiment.scope})
    for topic in catalog.topics():
        for check in catalog.checks(topic):
            about = {"row": check.row, "verdict": check.verdict, "why": "", "claim": check.says}
            rows.append({"experiment": topic, **about, "scope": ""})
    return rows


@lab.command()
def show(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="An experiment, a topic, or a row: xor, cnn, FF-03."),
    ],
    figure: Annotated[
        bool, typer.Option("--figure", help="Only the figure of a row, or of an experiment.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write the figure, .svg or .png. [stdout]"),
    ] = None,
    json: Json = False,
) -> None:
    """Show an experiment's protocol and criterion, and its newest result; or a check's text."""
    from nna.lab import catalog, record, report, run as runner

    if out is not None and not figure:
        raise UserError("--out names a file for the figure: add --figure")
    if figure:
        _figure(name, out, json)
        return
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
    kept, folder = found
    shipped = folder == record.SHIPPED / name
    changed = None if shipped else runner.differs(name, folder)  # the suite sees to the others
    output.facts(
        [
            ("result", "of the maintainers" if shipped else "your own"),
            *((part, _measured(each)) for part, each in kept.parts.items()),
            ("versions", ", ".join(f"{n} {number}" for n, number in kept.first.versions.items())),
            ("figure", drawn if (drawn := folder / record.FIGURE).is_file() else None),
            ("note", f"what measures has been changed since: {changed}" if changed else None),
        ]
    )


def _figure(asked: str, out: Path | None, json: bool) -> None:
    """Print the figure of a claim or an experiment as SVG, or write it into a file."""
    from nna.lab import catalog, claim_figure, record

    name = catalog.meant(asked)
    if catalog.checks(name):
        raise UserError(f"{asked} is computed and has no measured runs to draw")
    if out is not None and out.suffix.lower() not in (".svg", ".png"):
        raise UserError(f"--out {out}: a name that ends in .svg or .png")
    experiment, found = catalog.describe(name), record.newest(name)
    if found is None:
        raise UserError(f"{name} is not measured yet: nna lab run {name}")
    meant = catalog.row_of(asked)
    row = next((c.row for c in experiment.claims if catalog.row_of(c.row) == meant), "")
    drawing, svg = claim_figure.named(found[0], row)
    if out is not None:
        record.replace(out, claim_figure.png(drawing) if out.suffix.lower() == ".png" else svg)
    if json:
        output.print_json({"id": row or name, **({"path": str(out)} if out else {"svg": svg})})
    else:
        output.say(f"written: {out}" if out else svg.rstrip("\n"))


def _measured(part: Record) -> str:
    """How much of a part is measured, when, and what it took."""
    from nna.lab import catalog

    ends = f"{len(part.measured)} of {part.asked} seeds from {part.start}, {part.date}"
    broken = f", {len(part.censored)} with runs that broke off" if part.censored else ""
    where = catalog.describe(part.experiment).where(part.part)
    return f"{ends}, {part.seconds:.0f} s of one processor; {where}{broken}"


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
    part: Annotated[
        str | None, typer.Option(help="Only this: first, confirmation, bed or budget.")
    ] = None,
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
    parts = _parts(part, quick)
    how = {"seeds": seeds, "quick": quick, "fresh": fresh}
    places = {each: _place(each, quick, store) for each in names}
    for each, place in places.items():  # whatever is wrong with one is said before any is measured
        runner.begin(each, place, part=parts[0], **how)
    results = [
        _run(each, place, parts, jobs or os.cpu_count() or 1, how, json)
        for each, place in places.items()
    ]
    _compute(checks, results, json)


def _parts(asked: str | None, quick: bool) -> tuple[Part, ...]:
    """What to measure, in order."""
    from nna.lab import record

    if asked is None:
        return record.PARTS[:1] if quick else record.PARTS
    if asked not in record.PARTS:
        raise UserError(f"no part {asked!r}; {nearest(asked, record.PARTS, 'nna lab run --help')}")
    if quick:
        raise UserError("the quick form has one part: leave out --part")
    return (asked,)


def _place(name: str, quick: bool, store: bool) -> Path:
    from nna.lab import record, run as runner

    return record.SHIPPED / name if store else runner.folder(name, quick)


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


def _run(  # noqa: PLR0913 - what, where, which, and how
    name: str, place: Path, parts: Sequence[Part], jobs: int, how: dict[str, Any], json: bool
) -> dict[str, object]:
    """Measure an experiment and keep its result, as plain data; printed unless as JSON."""
    from nna.lab import record, report, run as runner

    for part in parts:
        if len(parts) == 1 or runner.needed(name, place, part):
            _measure(runner.begin(name, place, part=part, **how), place, jobs)
    runner.settle(name, place)
    kept = record.evidence(place)
    assert kept is not None
    if not json:
        _print_claims(name, kept)
        output.say(f"\nkept in {place}")
    return report.result(kept)


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


def _measure(start: Record, place: Path, jobs: int) -> Record:
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
    done, title = start.asked - len(start.missing), f"{start.experiment}, {start.part}"
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(title, total=start.asked, completed=done)
            return runner.run(start, place, jobs=jobs, tick=lambda _: progress.advance(task))
    except KeyboardInterrupt:
        output.warn("interrupted; the same command goes on where it was")
        raise typer.Exit(INTERRUPTED) from None


def _print_claims(name: str, kept: Evidence | None) -> None:
    """The claims with their conditions, and what a result says of them; of a quick one nothing."""
    from nna.lab import catalog
    from nna.lab.verdict import judge

    experiment = catalog.describe(name)
    judged = judge(experiment, kept) if kept else ()
    for number, claim in enumerate(experiment.claims):
        judgement = judged[number] if judged else None
        said = judgement.headline if judgement else "not measured"
        if kept is not None and kept.first.quick:
            said = "decides nothing (the quick form)"
        output.heading(f"{claim.row}: {claim.says} {said.upper()}")
        output.say(output.wrapped(f"made by {'; '.join(claim.by)}"))
        if claim.rather:
            output.say(output.wrapped(f"rather: {claim.rather}"))
        found = judgement.findings if judgement else (None,) * len(claim.conditions)
        _print_conditions(experiment, claim, found)


def _print_conditions(
    experiment: Experiment, claim: Claim, found: Sequence[Finding | None]
) -> None:
    """Each condition with its bound, and a line a part that is measured."""
    rows = []
    for condition, finding in zip(claim.conditions, found, strict=True):
        bound = f"{condition.bound} {experiment.unit(condition)}".strip()
        if finding is None:
            rows.append(("", "", "", bound, condition.statement))
            continue
        for place, (part, estimate) in enumerate(finding.estimates.items()):
            marks = f", {estimate.censored} broke off" if estimate.censored else ""
            last = (bound, condition.statement) if not place else ("", "")
            rows.append((estimate.outcome + marks, part, str(estimate), *last))
    output.table(("outcome", "seeds", "effect [95 % interval]", "bound", "condition"), rows)


def _minutes(count: float) -> str:
    return "a minute" if count == 1 else f"{count:g} minutes"


def _said(verdict: str | None) -> str:
    return verdict or "not measured"
