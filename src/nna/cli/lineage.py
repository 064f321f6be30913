"""`nna lineage` and `nna diff`: how architectures stand to each other. Parses, calls, prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nna import registry
from nna.cli import output
from nna.cli.options import Json

if TYPE_CHECKING:
    from nna.atlas.lineage import Lineage


def lineage(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Where to start; without it, everything.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what an architecture grew from, and what grew from it."""
    from nna.atlas.lineage import graph, unroll

    if name is not None:
        name = registry.identify(name)
    known = graph()
    if name is not None:
        known.check(name)
    if json:
        kin = known.parents if name is None else known.kin(name)
        output.print_json([_node(known, each) for each in kin])
        return
    label = {each: _label(known, each) for each in known.parents}
    if name is None:
        seen: set[str] = set()
        for root in known.roots():
            output.tree(unroll(root, known.children, seen), label)
        return
    output.heading("Grew from", space=False)
    output.tree(unroll(name, known.parents), label)
    output.heading("Led to")
    output.tree(unroll(name, known.children), label)


def diff(
    references: Annotated[
        list[str],
        typer.Argument(
            metavar="ID[/SIZE] ID[/SIZE] ...", help="Two to five, such as vgg resnet/50."
        ),
    ],
    json: Json = False,
) -> None:
    """Show what changed between two architectures, or several side by side."""
    from nna.atlas.diff import diff as compare

    found = compare(*references)
    if json:
        output.print_json(found)
        return
    *first, last = found.names
    output.say(f"{', '.join(first)} and {last}: {found.relation}")
    output.heading("Ideas")
    output.facts(
        (f"{reference} {what}", says)
        for what, values in found.ideas.items()
        for reference, says in zip(found.names, values, strict=True)
    )
    if not found.ideas:
        output.say("the same")
    _differing("Facts", found.names, found.facts)
    _differing("Modules", found.names, found.parts, counts=True)
    _differing("Parameters, by kind of module", found.names, found.parameters, counts=True)


def _differing(
    title: str, names: tuple[str, ...], rows: Mapping[str, tuple[Any, ...]], counts: bool = False
) -> None:
    output.heading(title)
    if not rows:
        output.say("the same")
        return
    shown = [
        (key, *(f"{value:,}" if counts else output.number(value) for value in values))
        for key, values in rows.items()
    ]
    output.table(("", *names), shown, right=names if counts else ())


def _node(known: Lineage, name: str) -> dict[str, object]:
    spec = known.specs.get(name)
    return {
        "id": name,
        "name": spec.name if spec else None,
        "year": known.year(name),
        "after": known.parents[name],
        "led_to": known.children[name],
        "limitation": spec.limitation if spec else None,
        "idea": spec.idea if spec else None,
    }


def _label(known: Lineage, name: str) -> str:
    spec = known.specs.get(name)
    if spec is None:
        return f"{name} (not described here)"
    return f"{name} ({spec.year}) answered: {spec.limitation}"
