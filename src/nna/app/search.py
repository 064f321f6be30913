"""The search: the index for the one in the page, and results for readers without JavaScript."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from nna import library
from nna.app import play_pages
from nna.app.pages import Page
from nna.atlas import search
from nna.errors import UserError

MOST, LONGEST = 60, 200  # results, characters of a query


def results(query: str) -> Page:
    """The page of what is found."""
    return Page("search.html", "Search", "search.html", "search", lambda: _found(query[:LONGEST]))


def _found(query: str) -> dict[str, Any]:
    addresses = {(one.kind, one.id): _address(one) for one in _documents()}
    try:
        found = search.search(query, _index())
    except UserError:  # no word in it
        return {"query": query, "hits": None, "read_as": {}}
    hits = [
        {"title": hit.title, "kind": hit.kind, "address": addresses[hit.kind, hit.id]}
        for hit in found.hits[:MOST]
    ]
    return {"query": query, "hits": hits, "read_as": found.read_as}


@cache
def _documents() -> tuple[search.Document, ...]:
    """All that has a page."""
    known = (one for one in library.documents() if library.address(one) is not None)
    return (*known, *play_pages.documents())


def _address(document: search.Document) -> str | None:
    return document.id if document.kind == play_pages.KIND else library.address(document)


@cache
def _index() -> search.Index:
    return search.indexed(_documents())


def index() -> str:
    """What the search in the page looks through, and its rules, as JSON."""
    rules = {
        "weights": search.WEIGHTS,
        "begins": search.BEGINS,
        "synonym": search.SYNONYM,
        "word": search.WORD.pattern,
        "hyphened": search.HYPHENED.pattern,
        "spellings": search.SPELLINGS,
        "ends": search.ENDS.pattern,
    }
    documents = [
        [one.kind, one.id, _address(one), one.title, one.mark, one.also, dict(one.fields)]
        for one in _documents()
    ]
    whole = {"rules": rules, "documents": documents, "synonyms": search.synonyms()}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
