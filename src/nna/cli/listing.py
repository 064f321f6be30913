"""`nna list`, apart from the framework of the command line: it must answer at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nna import registry
from nna.atlas import catalogue
from nna.atlas.select import kinds, select
from nna.cli import output

FILTERS = ("family", "task", "port", "year")


def options(words: Sequence[str]) -> dict[str, Any] | None:
    """The options of `nna list`, read without a framework; None where it had better look."""
    given: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--json":
            given["json"] = True
        elif name in (f"--{known}" for known in FILTERS):
            value = value if equals else next(rest, None)
            if value is None:
                return None
            given[name.removeprefix("--")] = value
        else:
            return None
    return given


def print_list(
    family: str | None = None,
    task: str | None = None,
    port: str | None = None,
    year: str | None = None,
    json: bool = False,
) -> None:
    """Print the architectures that fit the filters, sorted by id.

    Raises:
        UserError: unknown family, task or port, or no year.
    """
    shelved = catalogue.read()
    chosen = select(shelved.specs, family, task, port, year)
    rows = [
        {
            "id": name,
            "name": spec.name,
            "year": spec.year,
            "family": registry.family(name),
            "parameters": spec.variants[registry.DESK].params,
            "multiply_adds": spec.variants[registry.DESK].macs,
            "tasks": spec.tasks,
            "ports": kinds(spec),
            "idea": spec.idea,
        }
        for name, spec in chosen.items()
    ]
    if json:
        output.print_json(rows)
    elif rows:
        _print(rows)
    else:
        output.say("no architecture fits these filters")
    output.left_out(shelved)


def _print(rows: Sequence[dict[str, Any]]) -> None:
    columns = ("id", "name", "year", "family", "desk parameters", "multiply-adds", "idea")
    texts = [
        (
            *(row[key] for key in columns[:4]),
            f"{row['parameters']:,}",
            None if row["multiply_adds"] is None else f"{row['multiply_adds']:,}",
            row["idea"],
        )
        for row in rows
    ]
    output.table(columns, texts, right=columns[4:6])
