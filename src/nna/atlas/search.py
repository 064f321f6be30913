"""Find by words: ranked, and tolerant of typing errors."""

from __future__ import annotations

import contextlib
import difflib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nna.atlas import cards, catalogue
from nna.errors import UserError
from nna.spec import Architecture

WEIGHTS = {
    "id": 8.0,
    "name": 8.0,
    "idea": 4.0,
    "limitation": 3.0,
    "paper": 3.0,
}  # of a field; else 1
BEGINS, RESEMBLES = 0.6, 0.4  # what a word counts that begins so, or resembles


@dataclass(frozen=True, slots=True)
class Document:
    """Something that can be found."""

    kind: str
    id: str
    title: str
    fields: Mapping[str, str]  # label -> text


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

    Raises:
        UserError: no word in the query.
    """
    asked = list(dict.fromkeys(_words(query)))
    if not asked:
        raise UserError(f"nothing to search for in {query!r}: give a word")
    counts = [{k: Counter(_words(t)) for k, t in d.fields.items()} for d in documents]
    known = sorted({word for fields in counts for words in fields.values() for word in words})
    meant = {word: _meanings(word, known) for word in asked}
    rare = {word: _rarity(meant[word], counts) for word in asked}
    hits = []
    for document, fields in zip(documents, counts, strict=True):
        places = {
            label: [WEIGHTS.get(label, 1.0) * rare[w] * _presence(meant[w], words) for w in asked]
            for label, words in fields.items()
        }
        best = [max(column) for column in zip(*places.values(), strict=True)]
        if found := sum(value > 0 for value in best):
            label = max(places, key=lambda name: sum(places[name]))
            near = {word for each in asked for word in meant[each]}
            excerpt = _excerpt(document.fields[label], near)
            hit = Hit(document.kind, document.id, document.title, sum(best), label, excerpt)
            named = asked in (_words(document.id), _words(document.title))
            hits.append(((not named, -found, -hit.score, hit.id), hit))
    hits.sort(key=lambda ranked: ranked[0])
    corrected = {w: next(iter(m)) for w, m in meant.items() if m and max(m.values()) <= RESEMBLES}
    return Findings(tuple(hit for _, hit in hits), corrected)


def _document(name: str, spec: Architecture) -> Document:
    fields = {
        "id": name,
        "name": spec.name,
        "idea": spec.idea,
        "limitation": spec.limitation,
        "paper": f"{spec.paper.title} {spec.paper.authors} {spec.paper.year}",
        "tasks": " ".join(spec.tasks),
    }
    with contextlib.suppress(UserError):  # no card yet: the facts can be found all the same
        fields |= cards.read(name).lenses
    return Document("architecture", name, spec.name, fields)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.replace("_", " ")).encode("ascii", "ignore")
    return re.findall(r"[a-z0-9]+", plain.decode().lower())


def _meanings(word: str, known: Sequence[str]) -> dict[str, float]:
    """Known words that `word` may stand for, each with what it then counts, best first."""
    begins = [k for k in known if k.startswith(word)] if len(word) > 2 else []
    meant = {word: 1.0} if word in known else {}
    meant |= {k: BEGINS for k in begins if k != word}
    if meant or len(word) < 4:
        return meant
    alike = [k for k in known if abs(len(k) - len(word)) <= 2]
    close = difflib.get_close_matches(word, alike, n=2, cutoff=0.75)
    return dict.fromkeys(close, RESEMBLES)


def _presence(meant: Mapping[str, float], words: Counter[str]) -> float:
    return max((v * (1 + math.log(words[k])) for k, v in meant.items() if words[k]), default=0.0)


def _rarity(meant: Mapping[str, float], counts: Iterable[Mapping[str, Counter[str]]]) -> float:
    """A word that stands everywhere tells little."""
    holds = [any(w in words for words in fields.values() for w in meant) for fields in counts]
    return math.log(1 + len(holds) / max(1, sum(holds)))


def _excerpt(text: str, near: set[str], width: int = 100) -> str:
    """The stretch of the text around the first word found."""
    flat = " ".join(text.split())
    starts = [m.start() for m in re.finditer(r"\w+", flat) if near & set(_words(m[0]))]
    start = max(0, starts[0] - width // 3) if starts else 0
    start = flat.rfind(" ", 0, start) + 1 if start else 0
    end = len(flat) if len(flat) <= start + width else flat.rfind(" ", start, start + width)
    return ("… " if start else "") + flat[start:end] + (" …" if end < len(flat) else "")
