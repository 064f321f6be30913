"""What the search finds: entries for the page's own, and results for readers without JavaScript."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from nna import registry
from nna.app.pages import Page
from nna.atlas import errata, glossary, guide, search
from nna.errors import UserError
from nna.lab import catalog
from nna.lab.blocks import catalog as blocks

MOST, LONGEST = 60, 200  # results, characters of a query


def results(query: str) -> Page:
    """The page of what is found."""
    return Page("search.html", "Search", "search.html", "search", lambda: _found(query[:LONGEST]))


def _found(query: str) -> dict[str, Any]:
    try:
        found = search.search(query, _documents())
        if read_as := found.read_as:  # what is called exactly so comes first
            right = " ".join(read_as.get(word, word) for word in query.lower().split())
            found = search.search(right, _documents())
    except UserError:  # no word in it
        return {"query": query, "hits": None, "read_as": {}}
    hits = [
        {"title": hit.title, "kind": hit.kind, "address": hit.id, "excerpt": hit.excerpt}
        for hit in found.hits[:MOST]
    ]
    return {"query": query, "hits": hits, "read_as": read_as}


@cache
def _documents() -> tuple[search.Document, ...]:
    """Everything that can be found; the id is its address."""
    return tuple(
        search.Document(kind, address, title, {"name": f"{title} {key}", "words": words})
        for kind, title, address, key, words in json.loads(index())
    )


def index() -> str:
    """What the search in the page looks through, as JSON: kind, title, address, words."""
    found = []
    for document in search.architectures():
        spec = registry.describe(document.id)
        words = f"{spec.idea} {spec.limitation} {spec.paper.authors} {spec.paper.title}"
        found.append(["architecture", spec.name, f"card/{document.id}.html", document.id, words])
    for name in blocks.names():
        block = blocks.describe(name)
        words = f"{' '.join(block.also)} {block.use} {block.paper.authors} {block.paper.title}"
        found.append(["block", block.title, f"block/{name}.html", name, words])
    for name in catalog.names():
        experiment = catalog.describe(name)
        words = " ".join(claim.says for claim in experiment.claims)
        found.append(["experiment", experiment.title, f"lab/{name}.html", name, words])
    for topic in catalog.topics():
        for row in catalog.checks(topic):
            address = f"lab/topic-{topic}.html#{row.row}"
            found.append(["check", row.says, address, row.row, row.right])
    found += [
        ["erratum", told.says, f"errata.html#{told.row}", told.row, f"{told.right} {told.matters}"]
        for told in errata.every()
    ]
    for chapter in guide.read():
        address = f"guide/{chapter.id}.html"
        found.append(["chapter", chapter.title, address, chapter.id, chapter.summary])
    for term in glossary.read():
        address = f"glossary.html#{term.anchor}"
        found.append(["term", term.words[0], address, "", term.text])
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
