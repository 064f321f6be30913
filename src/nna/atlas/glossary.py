"""The terms of the field, from `guide/glossary.md`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "guide" / "glossary.md"


@dataclass(frozen=True, slots=True)
class Term:
    """A term, in all the forms in which texts use it."""

    words: tuple[str, ...]  # in lower case where it isn't a name; the first is its title
    text: str  # Markdown, on one line

    @property
    def anchor(self) -> str:
        """Its place on the page of the glossary."""
        return re.sub(r"[^a-z0-9]+", "-", self.words[0].lower()).strip("-")


@cache
def read() -> tuple[Term, ...]:
    """All terms, in the order of the alphabet."""
    return tuple(sorted(parse(FILE.read_text(encoding="utf-8")), key=lambda t: t.words[0].lower()))


def parse(text: str) -> tuple[Term, ...]:
    """Terms written as `**term** (form, form): what it means.`, a paragraph each.

    Raises:
        ValueError: a paragraph below the title that is no term, or a form that stands twice.
    """
    terms = []
    for paragraph in text.split("\n\n"):
        entry = " ".join(paragraph.split())
        if not entry or entry.startswith("#"):
            continue
        found = re.fullmatch(r"\*\*(.+?)\*\*(?: \((.+?)\))?: (.+)", entry)
        if found is None:
            raise ValueError(f"no term: {entry[:60]!r}")
        forms = [form.strip() for form in (found[2] or "").split(",") if form.strip()]
        terms.append(Term((found[1], *forms), found[3]))
    words = [word.lower() for term in terms for word in term.words]
    if twice := sorted({word for word in words if words.count(word) > 1}):
        raise ValueError(f"terms that stand twice: {', '.join(twice)}")
    return tuple(terms)
