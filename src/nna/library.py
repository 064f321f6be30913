"""All that can be found by words, whatever part of the project it stands in."""

from __future__ import annotations

import dataclasses
import re
from functools import cache

from nna import stated
from nna.atlas import errata, glossary, guide, search
from nna.atlas.search import Document
from nna.data import catalog as data
from nna.lab import catalog as lab
from nna.lab.blocks import catalog as blocks

LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")  # in Markdown: the words of a link, without its goal
MARKS = {"fails": "Wrong: ", "holds with limits": "Only in part: "}  # of claims, by the verdict


@cache
def documents() -> tuple[Document, ...]:
    """Architectures with their cards, the guide, the glossary, blocks, the laboratory, errata."""
    found = (
        *search.architectures(),
        *map(_dataset, data.names()),
        *map(_block, blocks.names()),
        *map(_experiment, lab.names()),
        *(_check(check) for topic in lab.topics() for check in lab.checks(topic)),
        *map(_erratum, errata.every()),
        *map(_chapter, guide.read()),
        *map(_term, glossary.read()),
    )
    return tuple(map(_plain, found))


def _plain(document: Document) -> Document:
    """The same with dots for figures that its texts refer to: nobody searches for them."""
    fields = {name: stated.REFERENCE.sub("…", text) for name, text in document.fields.items()}
    return dataclasses.replace(document, fields=fields)


@cache
def index() -> search.Index:
    """The same, ready to be searched."""
    return search.indexed(documents())


def address(document: Document) -> str | None:
    """The page of the atlas that shows it, from the site's root; None: no page does."""
    by_kind = {
        "architecture": "card/{}.html",
        "block": "block/{}.html",
        "experiment": "lab/{}.html",
        "erratum": "errata.html#{}",
        "chapter": "guide/{}.html",
        "term": "glossary.html#{}",
        "check": "lab/topic-" + document.id.partition("-")[0].lower() + ".html#{}",
    }
    place = by_kind.get(document.kind)
    return place.format(document.id) if place else None


def _dataset(name: str) -> Document:
    known = data.describe(name)
    texts = {"id": name, "name": known.title, "about": known.about, "task": known.task}
    return Document("dataset", name, known.title, texts)


def _block(name: str) -> Document:
    block = blocks.describe(name)
    texts = {"id": " ".join((name, *block.also)), "name": block.title, "use": block.use}
    texts |= {"limits": block.limits, "paper": f"{block.paper.title} {block.paper.authors}"}
    return Document("block", name, block.title, texts, block.also)


def _experiment(name: str) -> Document:
    experiment = lab.describe(name)
    claims = " ".join(claim.says for claim in experiment.claims)
    texts = {"id": name, "name": experiment.title, "about": claims}
    return Document("experiment", name, experiment.title, texts)


def _check(check: lab.Check) -> Document:
    texts = {"row": check.row, "claims": check.says, "right": check.right}
    return Document("check", check.row, check.says, texts, mark=MARKS.get(check.verdict, ""))


def _erratum(erratum: errata.Erratum) -> Document:
    texts = {"row": erratum.row, "claims": erratum.says, "right": erratum.right}
    texts |= {"matters": erratum.matters, "source": " ".join(erratum.sources)}
    return Document("erratum", erratum.row, erratum.says, texts, mark="Wrong: ")


def _chapter(chapter: guide.Chapter) -> Document:
    text = LINK.sub(r"\1", chapter.text)
    texts = {"id": chapter.id, "name": chapter.title, "text": text}
    return Document("chapter", chapter.id, chapter.title, texts)


def _term(term: glossary.Term) -> Document:
    texts = {"name": " ".join(term.words), "meaning": term.text}
    return Document("term", term.anchor, term.words[0], texts, term.words)
