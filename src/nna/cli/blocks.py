"""`nna blocks`: the building blocks, plotted and tried. Parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nna.cli import output
from nna.cli.options import Json

if TYPE_CHECKING:
    from nna.lab.blocks.entry import Block
    from nna.lab.blocks.trials import Run

blocks = typer.Typer(help="Building blocks, from activations to schedules.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A block, such as relu or batch_norm.")]
FOLDER = Path("runs", "blocks")  # of figures, where no place is given


def register(app: typer.Typer) -> None:
    """Add the sub-commands to the command line."""
    app.add_typer(blocks, name="blocks", rich_help_panel="Read")


@blocks.command("list")
def list_(
    kind: Annotated[str | None, typer.Option(help="One kind, such as activation.")] = None,
    json: Json = False,
) -> None:
    """List the building blocks, kind by kind."""
    from nna.lab.blocks import catalog

    found = [catalog.describe(name) for name in catalog.names(kind)]
    if json:
        output.print_json([_short(block) for block in found])
        return
    columns = ("name", "kind", "year", "title", "use")
    rows = [_short(block) for block in found]
    first = [{**row, "use": row["use"].partition(". ")[0].rstrip(".")} for row in rows]
    output.table(columns, [[row[key] for key in columns] for row in first])


@blocks.command()
def show(name: Name, json: Json = False) -> None:
    """Show a block: formula, what it is for, facts, limits, where it stands, who uses it."""
    from nna.atlas.citation import line
    from nna.lab.blocks import catalog

    block = catalog.describe(name)
    users, limits = catalog.used_by(block), _range(block)
    if json:
        output.print_json(_whole(block, users))
        return
    output.heading(f"{block.title} ({block.name}, {block.kind}, {block.paper.year})", space=False)
    output.facts(
        [
            ("formula", block.formula),
            ("where", block.symbols),
            ("use", block.use),
            ("limits", block.limits),
            ("range", limits and f"{limits[0]:.6g} to {limits[1]:.6g}"),
            *(("fact", f"{fact.says}: {fact.value:.10g}") for fact in block.facts),
            ("paper", line(block.paper)),
            ("code", ", ".join(block.where)),
            ("used by", ", ".join(users)),
            ("also called", ", ".join(block.also)),
        ]
    )
    tried = "" if block.no_trial else f"\n         nna blocks effect {block.name}"
    output.say(f"\nnext     nna blocks plot {block.name}{tried}")


@blocks.command()
def plot(
    name: Name,
    out: Annotated[
        Path | None, typer.Option("--output", help="An SVG, PNG or PDF to write.")
    ] = None,
    json: Json = False,
) -> None:
    """Plot what a block does: computed anew, and drawn."""
    from nna.lab.blocks import catalog, panels

    block = catalog.describe(name)
    place = out or FOLDER / f"{block.name}.svg"
    panels.check(place)
    from nna.lab.blocks import plots

    drawn = plots.numbers(block)
    panels.write(panels.draw(drawn, f"{block.title} ({block.paper.year})"), place)
    if json:
        output.print_json({"name": block.name, "path": str(place), "panels": drawn})
        return
    for panel in drawn:
        labels = dict.fromkeys(line.label for line in panel.lines if line.label)
        output.say(f"{panel.title}{': ' if labels else ''}{', '.join(labels)}")
    output.say(f"\ndrawn    {place}")


@blocks.command()
def effect(
    name: Name,
    out: Annotated[
        Path | None, typer.Option("--output", help="An SVG, PNG or PDF of the learning curves.")
    ] = None,
    json: Json = False,
) -> None:
    """Train with a block and against its usual alternative, three seeds each; some seconds."""
    from nna.lab.blocks import catalog, panels

    catalog.describe(name)
    if out is not None:
        panels.check(out)
    from nna.lab.blocks import trials

    found = trials.effect(name)
    if out is not None:
        panels.write(panels.draw(trials.curves(found), f"{found.block} and {found.against}"), out)
    if json:
        output.print_json({"path": None if out is None else str(out), **output.plain(found)})
        return
    output.say(output.wrapped(found.setting))
    output.say(output.wrapped(f"{found.unit}; mean over {len(found.runs)} seeds, least to most\n"))
    arms = ((found.block, found.runs), (found.against, found.others))
    columns = ("", "in the end", "spread", "loss in training")
    output.table(columns, [(label, *_figures(runs)) for label, runs in arms], right=columns[1:])
    if out is not None:
        output.say(f"\ndrawn    {out}")


def _figures(runs: tuple[Run, ...]) -> tuple[str, str, str]:
    """Mean and spread of what was measured in the end, and the mean of the last loss."""
    final = [run.final for run in runs]
    mean, loss = sum(final) / len(final), sum(run.loss[-1] for run in runs) / len(runs)
    if loss != loss:  # a loss that is no number any more
        return f"{mean:.4g}", f"{min(final):.4g} to {max(final):.4g}", "diverged"
    return f"{mean:.4g}", f"{min(final):.4g} to {max(final):.4g}", f"{loss:.3g}"


def _short(block: Block) -> dict[str, Any]:
    keys = ("name", "kind", "title", "use")
    return {**{key: getattr(block, key) for key in keys}, "year": block.paper.year}


def _range(block: Block) -> tuple[float, float] | None:
    """Infimum and supremum of an activation."""
    from nna.lab.blocks.entry import Activation

    return (block.low, block.high) if isinstance(block, Activation) else None


def _whole(block: Block, users: tuple[str, ...]) -> dict[str, Any]:
    """The entry as plain data: what is declared, without the code that measures it."""
    facts = [{"says": fact.says, "value": fact.value} for fact in block.facts]
    keys = ("formula", "limits", "where", "also", "rival", "no_trial")
    more = {key: getattr(block, key) for key in keys}
    return {
        **_short(block),
        **more,
        "symbols": dict(block.legend),
        "range": _range(block),
        "facts": facts,
        "paper": block.paper,
        "used_by": users,
    }
