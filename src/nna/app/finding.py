"""The search over HTTP: the same entries as in the page, for readers without JavaScript."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from nna.app import pages
from nna.app.pages import Page
from nna.atlas import search
from nna.errors import UserError

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
        for kind, title, address, key, words in json.loads(pages.index())
    )
