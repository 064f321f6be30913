"""Find by words: ranked, tolerant of typing errors, synonyms and spellings.

`app/static/search.js` is the same, line by line, for pages that no server stands behind.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from nna.atlas import cards, catalogue, glossary
from nna.errors import UserError
from nna.spec import Architecture

WEIGHTS = {
    "id": 8.0,
    "name": 8.0,
    "idea": 4.0,
    "limitation": 3.0,
    "paper": 3.0,
    "meaning": 3.0,
}  # of a field; else 1
BEGINS, SYNONYM = 0.6, 0.8  # what a word counts that begins so, and a query put in other words
WORD = re.compile(r"\d{4}\.\d{4,5}|[a-z0-9]+")  # arXiv's numbers are one word
HYPHENED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
# British spellings, and what stands for both in the index.
SPELLINGS = (
    ("colour", "color"),
    ("behaviour", "behavior"),
    ("neighbour", "neighbor"),
    ("favour", "favor"),
    ("centred", "centered"),
    ("centre", "center"),
    ("metre", "meter"),
    ("fibre", "fiber"),
    ("grey", "gray"),
    ("learnt", "learned"),
    ("labell", "label"),
    ("modell", "model"),
    ("analyse", "analyze"),
    ("analysing", "analyzing"),
    ("artefact", "artifact"),
    ("catalogue", "catalog"),
    ("programme", "program"),
    ("licence", "license"),
)
Rank = tuple[bool, int, bool, float, str]  # not named so, words missing, ..., minus the score, id
ENDS = re.compile(r"([a-z]{3})is(e|ed|er|ers|es|ing|ation|ations)$")


@dataclass(frozen=True, slots=True)
class Document:
    """Something that can be found."""

    kind: str
    id: str
    title: str
    fields: Mapping[str, str]  # label -> text
    also: tuple[str, ...] = ()  # other names of it
    mark: str = ""  # to stand before what it says, such as "Wrong: "


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found, and the place that speaks for it most."""

    kind: str
    id: str
    title: str
    score: float
    where: str  # the label of the field
    excerpt: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search gave, best first, and the words it took for typing errors."""

    hits: tuple[Hit, ...]
    read_as: dict[str, str] = field(default_factory=dict)


def architectures() -> list[Document]:
    """All architectures, with their cards where they have one."""
    return [_document(name, spec) for name, spec in catalogue.read().specs.items()]


@dataclass(frozen=True, slots=True)
class Index:
    """Documents, and where each word stands in them."""

    documents: tuple[Document, ...]
    places: Mapping[str, Mapping[tuple[int, str], int]]  # word -> document and label -> how often
    known: tuple[str, ...]  # all words, sorted
    named: frozenset[str]  # the words of names, which typing errors are taken for before others


def indexed(documents: Iterable[Document]) -> Index:
    """Documents made ready to be searched again and again."""
    every, places = tuple(documents), dict[str, Counter[tuple[int, str]]]()
    for number, document in enumerate(every):
        for label, text in document.fields.items():
            for word in _all_words(text):
                places.setdefault(word, Counter())[number, label] += 1
    names = (name for d in every for name in (d.id, *d.also, d.fields.get("name", "")))
    named = frozenset(word for name in names for word in words(name))
    return Index(every, places, tuple(sorted(places)), named)


def search(query: str, source: Index | Sequence[Document]) -> Findings:
    """The documents that hold most of the query's words, at the best places, first.

    A query that holds a term of the glossary is also asked by the term's other forms.

    Raises:
        UserError: no word in the query.
    """
    typed = list(dict.fromkeys(words(query)))
    if not typed:
        raise UserError(f"nothing to search for in {query!r}: give a word")
    index = source if isinstance(source, Index) else indexed(source)
    read_as = {word: right for word in typed if (right := _right(word, index))}
    best: dict[int, tuple[Rank, str, set[str]]] = {}
    for place, asked in enumerate(_otherwise([read_as.get(word, word) for word in typed])):
        meant = [_meanings(word, index) for word in asked]
        near = {word for meanings in meant for word in meanings}
        for number, labels in _found(meant, index).items():
            document = index.documents[number]
            rank, label = _ranked(document, labels, asked, SYNONYM if place else 1.0)
            if number not in best or rank < best[number][0]:
                best[number] = (rank, label, near)
    ranked = sorted(best.items(), key=lambda found: found[1][0])
    hits = (_shown(index.documents[number], *found) for number, found in ranked)
    return Findings(tuple(hits), read_as)


def _found(meant: Sequence[Mapping[str, float]], index: Index) -> dict[int, dict[str, list[float]]]:
    """Document -> label -> what each word of a query counts there."""
    found: dict[int, dict[str, list[float]]] = {}
    for i, meanings in enumerate(meant):
        holds = {number for word in meanings for number, _ in index.places[word]}
        rare = math.log(1 + len(index.documents) / max(1, len(holds)))  # what is everywhere is poor
        for word, value in meanings.items():
            for (number, label), count in index.places[word].items():
                own = found.setdefault(number, {}).setdefault(label, [0.0] * len(meant))
                here = WEIGHTS.get(label, 1.0) * rare * value * (1 + math.log(count))
                own[i] = max(own[i], here)
    return found


def _ranked(
    document: Document, labels: Mapping[str, Sequence[float]], asked: Sequence[str], factor: float
) -> tuple[Rank, str]:
    """A document as it is ranked, and the label of the field that speaks for it most."""
    best = [max(column) for column in zip(*labels.values(), strict=True)]
    missing = sum(value == 0 for value in best)
    label = max((name for name in document.fields if name in labels), key=lambda n: sum(labels[n]))
    named = list(asked) in [words(name) for name in (document.id, document.title, *document.also)]
    first = named and document.kind == "architecture"
    return (not named, missing, not first, -factor * sum(best) / len(asked), document.id), label


def _shown(document: Document, rank: Rank, label: str, near: set[str]) -> Hit:
    mark = document.mark if label == "claims" else ""
    excerpt = mark + _excerpt(document.fields[label], near)
    title = document.mark + document.title
    return Hit(document.kind, document.id, title, -rank[3], label, excerpt)


def _otherwise(asked: Sequence[str]) -> Iterator[list[str]]:
    """A query's words, and the same with each term of the glossary in each of its other forms."""
    yield list(asked)
    for forms in synonyms():
        for form in forms:
            for start in range(len(asked) - len(form) + 1):
                if tuple(asked[start : start + len(form)]) == form:
                    for other in forms:
                        if other != form:
                            made = [*asked[:start], *other, *asked[start + len(form) :]]
                            yield list(dict.fromkeys(made))


@cache
def synonyms() -> list[list[tuple[str, ...]]]:
    """The words of each form of each term that has several."""
    every = [[tuple(words(form)) for form in term.words] for term in glossary.read()]
    return [forms for forms in every if len(forms) > 1]


def _document(name: str, spec: Architecture) -> Document:
    fields = {
        "id": " ".join((name, *spec.aliases)),
        "name": spec.name,
        "idea": spec.idea,
        "limitation": spec.limitation,
        "paper": " ".join(
            str(one)
            for one in (
                spec.paper.title,
                spec.paper.authors,
                *sorted({spec.year, spec.paper.year}),
                spec.paper.arxiv or "",
                spec.paper.doi or "",
            )
        ),
        "tasks": " ".join(spec.tasks),
    }
    with contextlib.suppress(UserError):  # no card yet: the facts can be found all the same
        fields |= cards.read(name).lenses
    return Document("architecture", name, spec.name, fields)


def _plain(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.replace("_", " ")).encode("ascii", "ignore")
    return flat.decode().lower()


def words(text: str) -> list[str]:
    """The words of a text, in order: lower case, without accents, in one spelling."""
    return [_spelt(word) for word in WORD.findall(_plain(text))]


def _all_words(text: str) -> list[str]:
    """Its words, and those with hyphens once more as one."""
    joined = (word.replace("-", "") for word in HYPHENED.findall(_plain(text)))
    return [*words(text), *(_spelt(word) for word in joined)]


@cache
def _spelt(word: str) -> str:
    for british, both in SPELLINGS:
        word = word.replace(british, both)
    return ENDS.sub(r"\1iz\2", word)


def _right(word: str, index: Index) -> str | None:
    """What a word was meant to be, if nothing begins so: the nearest, first of all of names."""
    if len(word) < 4 or any(other.startswith(word) for other in index.known):
        return None
    most = 1 if len(word) < 8 else 2
    ranked = [
        (far, other not in index.named, -sum(index.places[other].values()), other)
        for other in index.known
        if (far := _distance(word, other)) <= most
    ]
    return min(ranked)[3] if ranked else None


def _distance(a: str, b: str) -> int:
    """Letters changed, left out, put in, or swapped with the next, to come from one to the other.

    In words of less than six letters, which are easily another, only a swap is an error.
    """
    far = 9
    if len(a) < 6:
        return 1 if _swapped(a, b) else far
    if abs(len(a) - len(b)) > 2:
        return far
    rows = [list(range(len(b) + 1))]
    for i in range(1, len(a) + 1):
        row = [i]
        for j in range(1, len(b) + 1):
            least = min(rows[-1][j], row[-1], rows[-1][j - 1] - (a[i - 1] == b[j - 1])) + 1
            if i > 1 < j and a[i - 2] == b[j - 1] and a[i - 1] == b[j - 2]:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]


def _swapped(a: str, b: str) -> bool:
    return len(a) == len(b) and any(
        a[:i] + a[i + 1] + a[i] + a[i + 2 :] == b for i in range(len(a) - 1)
    )


def _meanings(word: str, index: Index) -> dict[str, float]:
    """Known words that `word` may stand for, each with what it then counts, best first."""
    start = bisect.bisect_left(index.known, word)  # words that begin alike stand together
    same = itertools.takewhile(lambda k: k.startswith(word), index.known[start:])
    begins = [*same] if len(word) > 2 else []
    meant = {word: 1.0} if word in index.places else {}
    return meant | {k: BEGINS for k in begins if k != word}


def _excerpt(text: str, near: set[str], width: int = 100) -> str:
    """The stretch of the text around the first word found."""
    flat = " ".join(text.split())
    starts = (m.start() for m in re.finditer(r"\w+", flat) if not near.isdisjoint(words(m[0])))
    start = max(0, next(starts, 0) - width // 3)
    start = flat.rfind(" ", 0, start) + 1 if start else 0
    end = len(flat) if len(flat) <= start + width else flat.rfind(" ", start, start + width)
    return ("… " if start else "") + flat[start:end] + (" …" if end < len(flat) else "")
