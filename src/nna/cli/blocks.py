"""`nna blocks`: the building blocks, plotted and tried. Parses, calls, prints."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nna.atlas import plain_math
from nna.cli import output
from nna.cli.options import Json
from nna.errors import UserError

if TYPE_CHECKING:
    from nna.lab.blocks.entry import Block
    from nna.lab.blocks.trials import Effect, Run

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
    legend = (f"{plain_math.formula(letter)}: {meaning}" for letter, meaning in block.legend)
    output.facts(
        [
            ("formula", plain_math.formula(block.formula)),
            (
                "where",
                "; ".join(legend),
            ),
            ("use", block.use),
            ("limits", block.limits),
            ("range", limits and f"{limits[0]:.6g} to {limits[1]:.6g}"),
            *(("fact", f"{fact.says}: {fact.value:.10g}") for fact in block.facts),
            ("paper", line(block.paper)),
            ("code", ", ".join(block.where)),
            ("used by", ", ".join(users)),
            ("also called", ", ".join(block.also)),
            *_tried(block),
        ]
    )
    tried = "" if block.no_trial else f"\n         nna blocks effect {block.name}"
    output.say(f"\nnext     nna blocks plot {block.name}{tried}")


@blocks.command()
def plot(
    name: Name,
    out: Annotated[Path | None, typer.Option(help="The SVG, PNG or PDF to write.")] = None,
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
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A block, such as relu or batch_norm.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Try all of them; some minutes.")] = False,
    store: Annotated[bool, typer.Option("--store", help="Ship the result in the package.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="An SVG, PNG or PDF of the learning curves.")
    ] = None,
    json: Json = False,
) -> None:
    """Train with a block and against its usual alternative, three seeds each; some seconds."""
    names = _meant(name, every, out)
    told = [_try(each, store, out, quiet=json) for each in names]
    if json:
        output.print_json(told[0] if name else told)


def _meant(name: str | None, every: bool, out: Path | None) -> list[str]:
    """The blocks to try, by name."""
    from nna.lab.blocks import catalog, panels

    if every == (name is not None):
        raise UserError("name one block, or give --all; see `nna blocks list`")
    if out is not None:
        panels.check(out)
        if every:
            raise UserError("--out is one figure: name one block")
    if name is None:
        return [each for each in catalog.names() if not catalog.describe(each).no_trial]
    return [catalog.describe(name).name]


def _try(name: str, store: bool, out: Path | None, quiet: bool) -> dict[str, Any]:
    """Train, and print what came of it unless quiet; as plain data."""
    from nna.lab import probes
    from nna.lab.blocks import panels, trials

    found = trials.effect(name)
    if store:
        probes.store(found)
    if out is not None:
        title = f"{found.block} and {found.against}"
        panels.write(panels.draw(trials.curves(found), title), out)
    if not quiet:
        _print_effect(found, out)
    return {"path": None if out is None else str(out), **output.plain(found)}


def _print_effect(found: Effect, out: Path | None) -> None:
    output.heading(f"{found.block} and {found.against}", space=False)
    output.say(output.wrapped(found.setting))
    output.say(output.wrapped(f"{found.unit}; mean over {len(found.runs)} seeds, least to most\n"))
    arms = ((found.block, found.runs), (found.against, found.others))
    columns = ("", "in the end", "standard deviation", "training loss")
    output.table(columns, [(label, *_figures(runs)) for label, runs in arms], right=columns[1:])
    if out is not None:
        output.say(f"\ndrawn    {out}")
    output.say()


def _figures(runs: tuple[Run, ...]) -> tuple[str, str, str]:
    """Mean and spread of what was measured in the end, and the mean of the last loss."""
    final, loss = [run.final for run in runs], sum(run.loss[-1] for run in runs) / len(runs)
    mean, _, spread = _ends(final).partition(" ")
    return mean, spread.strip("()"), "diverged" if math.isnan(loss) else f"{loss:.3g}"


def _short(block: Block) -> dict[str, Any]:
    keys = ("name", "kind", "title", "use")
    return {**{key: getattr(block, key) for key in keys}, "year": block.paper.year}


def _tried(block: Block) -> list[tuple[str, str]]:
    """What came of the stored trial, in two lines."""
    from nna.lab.blocks import catalog

    if (found := catalog.tried(block)) is None:
        return []
    arms = ((block.name, found["runs"]), (found["against"], found["others"]))
    said = "; ".join(f"{label} {_ends(finals)}" for label, finals in arms)
    return [("tried", found["setting"]), ("came to", f"{found['unit']}: {said}")]


def _ends(finals: list[float]) -> str:
    """Mean and spread of what was measured in the end."""
    return f"{sum(finals) / len(finals):.4g} ({min(finals):.4g} to {max(finals):.4g})"


def _range(block: Block) -> tuple[float, float] | None:
    """Infimum and supremum of an activation."""
    from nna.lab.blocks.entry import Activation

    return (block.low, block.high) if isinstance(block, Activation) else None


def _whole(block: Block, users: tuple[str, ...]) -> dict[str, Any]:
    """The entry as plain data: what is declared, without the code that measures it."""
    from nna.lab.blocks import catalog

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
        "tried": catalog.tried(block),
    }
