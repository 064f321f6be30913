"""Tables that chapters name and declarations fill: members of a family, all families, origins."""

from __future__ import annotations

import re
from collections import Counter

from nna import registry
from nna.app import totals
from nna.atlas import attributions, catalogue

_NAMED = re.compile(r"^\{(families|origins|members:(\w+))\}$", re.M)


def fill(text: str) -> str:
    """A chapter's Markdown with each line `{families}`, `{origins}`, `{members:FAMILY}` a table.

    Raises:
        ValueError: a family that there isn't.
    """
    whole = {"families": families, "origins": origins}
    return _NAMED.sub(lambda found: members(found[2]) if found[2] else whole[found[1]](), text)


def origins() -> str:
    """Who had which idea, by year, and which architectures bear it."""
    rows = [
        f"| {one.year} | {one.who} | {one.idea} | {', '.join(f'`{name}`' for name in one.about)} |"
        for one in sorted(attributions.ATTRIBUTIONS, key=lambda one: one.year)
    ]
    return "\n".join(["| year | who | idea | here |", "|---|---|---|---|", *rows])


def members(family: str) -> str:
    """The architectures of a family by year, each with its idea.

    Raises:
        ValueError: there is no such family.
    """
    specs = catalogue.read().specs
    own = [name for name in specs if registry.family(name) == family]
    if not own:
        raise ValueError(f"{family}: no family; there are {', '.join(catalogue.families())}")
    own.sort(key=lambda name: (specs[name].year, name))
    rows = [
        f"| `{name}` | {specs[name].year} | {_plain(specs[name].idea)} | "
        f"{specs[name].variants[registry.DESK].params:,} |"
        for name in own
    ]
    return "\n".join(["| architecture | year | idea | parameters |", "|---|---|---|--:|", *rows])


def families() -> str:
    """Each family: how many members, from when, what they read, do and learn by, how large."""
    specs, reading, learning = catalogue.read().specs, totals.reading(), totals.learning()
    rows = []
    for family in catalogue.families():
        own = [spec for name, spec in specs.items() if registry.family(name) == family]
        years = [spec.year for spec in own]
        tasks = sorted({task for spec in own for task in spec.tasks})
        sizes = [spec.variants[registry.DESK].params for spec in own]
        rows.append(
            f"| {family} | {len(own)} | {_span(years)} | "
            f"{_often(reading[family])} | {', '.join(tasks)} | {_often(learning[family])} | "
            f"{_span(sizes, ',')} |"
        )
    head = "| family | members | years | read | are for | learn by | parameters |"
    return "\n".join([head, "|---|--:|---|---|---|---|--:|", *rows])


def _span(numbers: list[int], form: str = "") -> str:
    ends = dict.fromkeys((min(numbers), max(numbers)))
    return "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}".join(format(end, form) for end in ends)


def _often(counts: Counter[str]) -> str:
    return ", ".join(kind for kind, _ in counts.most_common())


def _plain(said: str) -> str:
    """A sentence whose signs Markdown leaves alone."""
    return re.sub(r"([\\|*_$`\[\]])", r"\\\1", said)
