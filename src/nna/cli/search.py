"""`nna list`, `tree` and `search`, and the others of their group. Parses, calls, prints."""

from __future__ import annotations

from typing import Annotated

import typer

from nna import registry
from nna.atlas import plain_math
from nna.cli import listing, output
from nna.cli.options import Json
from nna.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the commands that read the encyclopedia."""
    from nna.cli.errata import errata
    from nna.cli.lineage import diff, lineage
    from nna.cli.show import show

    for command in (list_, show, tree, lineage, diff, search, errata):
        app.command(command.__name__.rstrip("_"), rich_help_panel="Read")(command)


def list_(
    family: Annotated[str | None, typer.Option(help="A family, such as recurrent.")] = None,
    task: Annotated[str | None, typer.Option(help="A task, such as classification.")] = None,
    port: Annotated[str | None, typer.Option(help="What goes in or out, such as image.")] = None,
    year: Annotated[str | None, typer.Option(help="1998, 1980-1999, -1989 or 2010-.")] = None,
    json: Json = False,
) -> None:
    """List the architectures: all, or by family, task, port and year."""
    listing.print_list(family, task, port, year, json)


def tree(json: Json = False) -> None:
    """Show the families and their architectures, by year."""
    from nna.atlas.catalogue import families, read

    shelved = read()
    specs = shelved.specs
    grown: dict[str, list[dict[str, object]]] = {family: [] for family in families()}
    for name, spec in sorted(specs.items(), key=lambda item: (item[1].year, item[0])):
        entry = {"id": name, "name": spec.name, "year": spec.year}
        grown[registry.family(name)].append(entry)
    if json:
        output.print_json(grown)
        return
    width = max(map(len, specs), default=0)
    for place, (family, entries) in enumerate(grown.items()):
        output.heading(family, space=place > 0)
        for entry in entries:
            output.say(f"  {entry['year']}  {entry['id']:{width}}  {entry['name']}")
    output.left_out(shelved)


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What to look for.")],
    limit: Annotated[int, typer.Option(help="Show at most so many.")] = 10,
    json: Json = False,
) -> None:
    """Search everything by words; typing errors are forgiven."""
    from nna import library
    from nna.atlas import search as index

    if limit < 1:
        raise UserError(f"--limit {limit}: ask for one result at least")
    query = " ".join(words)
    found = index.search(query, library.index())
    if json:
        output.print_json(found.hits[:limit])
        return
    for typed, meant in found.read_as.items():
        output.say(f"{typed!r} read as {meant!r}")
    if not found.hits:
        output.say(f"nothing found for {query!r}")
        return
    rows = [
        (hit.kind, hit.id, hit.where, plain_math.excerpt(hit.excerpt)) for hit in found.hits[:limit]
    ]
    output.table(("kind", "id", "where", "excerpt"), rows)
    if len(found.hits) > limit:
        output.say(f"and {len(found.hits) - limit} more: --limit {len(found.hits)}")
