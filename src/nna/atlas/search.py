"""Find by words: ranked, tolerant of typing errors, synonyms and spellings.

`app/static/search.js` is the same, line by line, for pages that no server stands behind.
"""

from __future__ import annotations

import contextlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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


def search(query: str, documents: Sequence[Document]) -> Findings:
    """The documents that hold most of the query's words, at the best places, first.

    A query that holds a term of the glossary is also asked by the term's other forms.

    Raises:
        UserError: no word in the query.
    """
    typed = list(dict.fromkeys(words(query)))
    if not typed:
        raise UserError(f"nothing to search for in {query!r}: give a word")
    counts = [{k: Counter(_indexed(t)) for k, t in d.fields.items()} for d in documents]
    seen = Counter(word for fields in counts for own in fields.values() for word in own)
    known, named = sorted(seen), _named(documents)
    read_as = {word: right for word in typed if (right := _right(word, known, seen, named))}
    best: dict[int, tuple[tuple[bool, int, float, str], Hit]] = {}
    for place, asked in enumerate(_otherwise([read_as.get(word, word) for word in typed])):
        meant = {word: _meanings(word, known) for word in asked}
        rare = {word: _rarity(meant[word], counts) for word in asked}
        for number, (document, fields) in enumerate(zip(documents, counts, strict=True)):
            if found := _found(document, fields, asked, meant, rare, SYNONYM if place else 1.0):
                best[number] = min(best.get(number, found), found, key=lambda ranked: ranked[0])
    ranked = sorted(best.values(), key=lambda ranked: ranked[0])
    return Findings(tuple(hit for _, hit in ranked), read_as)


def _found(  # noqa: PLR0913 - what a query's words mean, and what a document holds
    document: Document,
    fields: Mapping[str, Counter[str]],
    asked: Sequence[str],
    meant: Mapping[str, Mapping[str, float]],
    rare: Mapping[str, float],
    factor: float,
) -> tuple[tuple[bool, int, float, str], Hit] | None:
    """A document as it is ranked, and as it is shown; None if it holds no word of the query."""
    places = {
        label: [WEIGHTS.get(label, 1.0) * rare[w] * _presence(meant[w], own) for w in asked]
        for label, own in fields.items()
    }
    best = [max(column) for column in zip(*places.values(), strict=True)]
    missing = len(asked) - sum(value > 0 for value in best)
    if missing == len(asked):
        return None
    label = max(places, key=lambda name: sum(places[name]))
    near = {word for each in asked for word in meant[each]}
    mark = document.mark if label == "claims" else ""
    excerpt = mark + _excerpt(document.fields[label], near)
    score = factor * sum(best) / len(asked)
    hit = Hit(document.kind, document.id, document.mark + document.title, score, label, excerpt)
    named = list(asked) in [words(name) for name in (document.id, document.title, *document.also)]
    return (not named, missing, -score, document.id), hit


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


def synonyms() -> list[list[tuple[str, ...]]]:
    """The words of each form of each term that has several."""
    every = [[tuple(words(form)) for form in term.words] for term in glossary.read()]
    return [forms for forms in every if len(forms) > 1]


def _document(name: str, spec: Architecture) -> Document:
    fields = {
        "id": name,
        "name": spec.name,
        "idea": spec.idea,
        "limitation": spec.limitation,
        "paper": " ".join(
            str(one)
            for one in (
                spec.paper.title,
                spec.paper.authors,
                spec.paper.year,
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


def _indexed(text: str) -> list[str]:
    """Its words, and those with hyphens once more as one."""
    joined = (word.replace("-", "") for word in HYPHENED.findall(_plain(text)))
    return [*words(text), *(_spelt(word) for word in joined)]


def _spelt(word: str) -> str:
    for british, both in SPELLINGS:
        word = word.replace(british, both)
    return ENDS.sub(r"\1iz\2", word)


def _named(documents: Iterable[Document]) -> set[str]:
    """The words of names, which typing errors are taken for before others."""
    names = (name for d in documents for name in (d.id, *d.also, d.fields.get("name", "")))
    return {word for name in names for word in words(name)}


def _right(word: str, known: Sequence[str], seen: Counter[str], named: set[str]) -> str | None:
    """What a word was meant to be, if nothing begins so: the nearest, first of all of names."""
    if len(word) < 4 or any(other.startswith(word) for other in known):
        return None
    near = [(d, o) for o in known if (d := _distance(word, o)) <= (1 if len(word) < 8 else 2)]
    ranked = [(distance, o not in named, -seen[o], o) for distance, o in near]
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


def _meanings(word: str, known: Sequence[str]) -> dict[str, float]:
    """Known words that `word` may stand for, each with what it then counts, best first."""
    begins = [k for k in known if k.startswith(word)] if len(word) > 2 else []
    meant = {word: 1.0} if word in known else {}
    return meant | {k: BEGINS for k in begins if k != word}


def _presence(meant: Mapping[str, float], words: Counter[str]) -> float:
    return max((v * (1 + math.log(words[k])) for k, v in meant.items() if words[k]), default=0.0)


def _rarity(meant: Mapping[str, float], counts: Iterable[Mapping[str, Counter[str]]]) -> float:
    """A word that stands everywhere tells little."""
    holds = [any(w in words for words in fields.values() for w in meant) for fields in counts]
    return math.log(1 + len(holds) / max(1, sum(holds)))


def _excerpt(text: str, near: set[str], width: int = 100) -> str:
    """The stretch of the text around the first word found."""
    flat = " ".join(text.split())
    starts = [m.start() for m in re.finditer(r"\w+", flat) if near & set(words(m[0]))]
    start = max(0, starts[0] - width // 3) if starts else 0
    start = flat.rfind(" ", 0, start) + 1 if start else 0
    end = len(flat) if len(flat) <= start + width else flat.rfind(" ", start, start + width)
    return ("… " if start else "") + flat[start:end] + (" …" if end < len(flat) else "")
