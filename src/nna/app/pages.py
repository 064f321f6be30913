"""Every page that needs no reader's input: where it stands, and what it shows. No HTTP."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from nna import ledger, registry, stated
from nna.app import (
    card_pages,
    figures,
    lab_pages,
    lineage_chart,
    markdown,
    member_tables,
    play_pages,
    sharing,
)
from nna.atlas import (
    catalogue,
    citation,
    errata,
    formulas,
    glossary,
    guide,
)
from nna.lab import catalog
from nna.lab.blocks import catalog as blocks

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the site."""

    path: str  # "card/resnet.html"
    title: str
    template: str
    section: str  # the entry of the menu that it belongs to
    fill: Callable[[], Mapping[str, Any]]

    @property
    def root(self) -> str:
        """From here to the first page's folder."""
        return "../" * self.path.count("/")


def render(page: Page, served: bool = False, address: str | None = None) -> str:
    """The page as HTML.

    Args:
        page: to be filled.
        served: whether a server stands behind it, so that pages which run something can be linked.
        address: of the site, where it is known, for those who link to the page.
    """
    template = environment().get_template(page.template)
    made = template.render(page=page, **scope(page, served), **page.fill())
    return sharing.described(made, page.path, page.title, address)


def scope(page: Page, served: bool) -> dict[str, Any]:
    """What every template may use: texts and names with addresses that hold on this page."""

    def name(said: str) -> str | None:
        known = registry.names()
        own = said.partition("@")[0].partition("/")[0]
        if own in known and page.path != f"card/{own}.html":
            return f"{page.root}card/{own}.html"
        kind, _, named = said.partition(":") if ":" in said else ("block", "", said)
        if kind == "lab" or (kind == "block" and named in blocks.names()):
            place = figures.home(kind, named)
            return None if place == page.path else page.root + place
        return None

    terms = {
        form.lower(): f"{page.root}glossary.html#{term.anchor}"
        for term in glossary.read()
        for form in term.words
    }
    return {
        "prose": lambda source: markdown.render(stated.fill(source), name, terms),
        "note": lambda source: markdown.render(source, name, terms),  # a reader's own words
        "chapter": lambda source: markdown.render(
            stated.fill(member_tables.fill(source)),
            name,
            terms,
            lambda named: figures.named(named, page.root),
        ),
        "line": lambda source: markdown.line(stated.fill(source), name),
        "math": markdown.math,
        "display": markdown.display,
        "root": page.root,
        "menu": MENU,
        "served": served,
    }


MENU = (
    ("map", "Map", "index.html"),
    ("playground", "Playground", "play.html"),
    ("table", "Table", "table.html"),
    ("taxonomy", "Taxonomy", "taxonomy.html"),
    ("guide", "Guide", "guide.html"),
    ("blocks", "Blocks", "blocks.html"),
    ("lab", "Lab", "lab.html"),
    ("errata", "Errata", "errata.html"),
    ("formulas", "Formulas", "formulas.html"),
    ("glossary", "Glossary", "glossary.html"),
    ("references", "References", "references.html"),
)


@cache
def environment() -> jinja2.Environment:
    """The templates; whatever they are given is escaped."""
    return jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def every() -> dict[str, Page]:
    """All pages, by path."""
    made = [
        Page("index.html", "Map", "index.html", "map", _index),
        Page("table.html", "Table", "table.html", "table", lambda: {"rows": card_pages.rows()}),
        Page("taxonomy.html", "Taxonomy", "taxonomy.html", "taxonomy", card_pages.taxonomy),
        Page("guide.html", "Guide", "guide.html", "guide", lambda: {"chapters": guide.read()}),
        Page("blocks.html", "Building blocks", "blocks.html", "blocks", lab_pages.kinds),
        Page("lab.html", "Lab", "lab.html", "lab", lab_pages.overview),
        Page("errata.html", "Errata of the field", "errata.html", "errata", lab_pages.errors),
        Page("formulas.html", "Formulas", "formulas.html", "formulas", _formulas),
        Page("glossary.html", "Glossary", "glossary.html", "glossary", _glossary),
        Page("references.html", "References", "references.html", "references", _references),
        Page("search.html", "Search", "search.html", "search", _unasked),
        *(Page(*row) for row in play_pages.rows()),
        *map(_formulas_page, _formulas()["families"]),
    ]
    specs = catalogue.read().specs
    for name, spec in specs.items():
        made.append(
            Page(
                f"card/{name}.html",
                spec.name,
                "card.html",
                "map",
                lambda name=name: card_pages.card(name),
            )
        )
        for before in spec.builds_on:
            if before in specs:
                made.append(
                    Page(
                        f"compare/{before}-{name}.html",
                        f"{specs[before].name} and {spec.name}",
                        "compare.html",
                        "map",
                        lambda before=before, name=name: card_pages.between(before, name),
                    )
                )
    for name in blocks.names():
        title = blocks.describe(name).title
        made.append(
            Page(
                f"block/{name}.html",
                title,
                "block.html",
                "blocks",
                lambda name=name: lab_pages.block(name),
            )
        )
    for chapter in guide.read():
        path = f"guide/{chapter.id}.html"
        made.append(
            Page(path, chapter.title, "chapter.html", "guide", lambda c=chapter: _chapter(c))
        )
    for name in catalog.names():
        title = catalog.describe(name).title
        made.append(
            Page(
                f"lab/{name}.html",
                title,
                "experiment.html",
                "lab",
                lambda name=name: lab_pages.trial(name),
            )
        )
    titles = {topic.code: topic.title for topic in errata.read()}
    for topic in catalog.topics():
        made.append(
            Page(
                f"lab/topic-{topic}.html",
                f"Checks: {titles.get(topic, topic.upper())}",
                "checks.html",
                "lab",
                lambda topic=topic: lab_pages.checks(topic),
            )
        )
    return {page.path: page for page in made}


def _index() -> dict[str, Any]:
    entries = ledger.stored()
    return {
        "first": guide.read()[0].id,
        "map": lineage_chart.draw(),
        "families": catalogue.families(),
        "count": len(catalogue.read().specs),
        "proven": sum(entry.state == "proven" for entry in entries),
        "promises": len(entries),
        "claims": sum(len(catalog.describe(n).claims) for n in catalog.names())
        + sum(len(catalog.checks(topic)) for topic in catalog.topics()),
    }


def early(path: str) -> Page | None:
    """A card without its structure, which alone needs torch; None: the page is no card."""
    name = Path(path).stem
    if (page := every().get(path)) is None or page.path != f"card/{name}.html":
        return None
    return dataclasses.replace(page, fill=lambda: card_pages.card(name, drawn=False))


def comparison(names: Sequence[str]) -> Page:
    """What changed between architectures, or variants.

    Raises:
        UserError: no such architecture or variant, too few or too many.
    """
    found = card_pages.between(*names)
    *first, last = map(_called, found["compared"]["names"])
    title = f"{', '.join(first)} and {last}"
    return Page("compare.html", title, "compare.html", "map", lambda: found)


def _called(reference: str) -> str:
    name, variant, _ = registry.split(reference)
    called = registry.describe(name).name
    return called if variant == registry.DESK else f"{called} ({variant})"


def missing(path: str) -> Page:
    """The answer where there is no page."""
    said = f"There is no page {path}. The map shows all there is."
    return dataclasses.replace(complaint(said), path=path)


def complaint(said: str) -> Page:
    """The answer where a page can't be made."""
    return Page("complaint.html", "Not found", "complaint.html", "", lambda: {"said": said})


def _chapter(chapter: guide.Chapter) -> dict[str, Any]:
    every = guide.read()
    place = every.index(chapter)
    return {
        "own": chapter,
        "before": every[place - 1] if place else None,
        "after": every[place + 1] if place + 1 < len(every) else None,
    }


def _formulas(family: str | None = None) -> dict[str, Any]:
    """Those of a family, and how many each has: all on one page would be a heavy one."""
    by_family: dict[str, list[formulas.Formula]] = {}
    for formula in formulas.collect():
        by_family.setdefault(registry.family(formula.architecture), []).append(formula)
    return {
        "families": {name: len(by_family[name]) for name in sorted(by_family)},
        "family": family,
        "formulas": by_family[family] if family else (),
        "specs": catalogue.read().specs,
    }


def _formulas_page(family: str) -> Page:
    path, title = f"formulas/{family}.html", f"Formulas: {family} networks"
    return Page(path, title, "formulas.html", "formulas", lambda: _formulas(family))


def _glossary() -> dict[str, Any]:
    return {"terms": glossary.read()}


def _unasked() -> dict[str, Any]:
    return {"query": "", "hits": None, "read_as": {}}


def _references() -> dict[str, Any]:
    specs = catalogue.read().specs
    ordered = sorted(specs, key=lambda name: (specs[name].paper.year, name))
    return {"works": [(name, citation.line(specs[name].paper)) for name in ordered]}


def playground_page() -> Page:
    """The page that needs the server."""
    return Page("playground.html", "Playground", "playground.html", "playground", lambda: {})
