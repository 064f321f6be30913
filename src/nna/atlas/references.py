"""Citations in texts, and the entries of a card's references."""

from __future__ import annotations

import re

from nna.atlas import cards

_NAME = r"(?:(?:van den|von der|de) )?[A-Z][\w'’-]+"
_AUTHORS = rf"{_NAME}(?:, {_NAME})*(?: and {_NAME}| and others|,? et al\.)?"
_YEAR = r"(?:1[89]|20)\d\d[a-z]?"
_PART = re.compile(rf"^({_AUTHORS}),? ({_YEAR})\b")  # one of [A 2019; B, C 2020, table 1]
_SPOKEN = re.compile(rf"\b({_AUTHORS}) \(({_YEAR})\)")  # "He and others (2015) derive"
_ENTRY = re.compile(rf"^\d+\. (.+?) \(({_YEAR})\)\. \S", re.M)
_PLACED = re.compile(rf"^({_AUTHORS}),? ({_YEAR}), (?!section|table|figure|chapter|appendix)\S")
_MATH = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.S)

Work = tuple[str, str]  # the first author's name, and the year


def first(authors: str) -> str:
    """The first author of "Leshno, Lin", "Krotov and others" or "Vaswani et al."."""
    return re.split(r", | and |,? et al", authors)[0]


def cited(text: str) -> set[Work]:
    """Works that a text cites: "[Leshno, Lin 1993, theorem 1]", "He and others (2015)"."""
    found = [match for part in _parts(text) if (match := _PART.match(part))]
    spoken = _SPOKEN.finditer(_MATH.sub("", text))
    return {(first(one[1]), one[2]) for one in [*found, *spoken]}


def body(name: str) -> str:
    """A card without its references: its bridge and all other lenses."""
    card = cards.read(name)
    texts = (text for lens, text in card.lenses.items() if lens != "References")
    return "\n\n".join([card.bridge, *texts])


def placed(text: str) -> set[Work]:
    """Works that a text cites with where they stand: "[Huber 1964, doi:10.1214/...]"."""
    matches = map(_PLACED.match, _parts(text))
    return {(first(one[1]), one[2]) for one in matches if one}


def _parts(text: str) -> list[str]:
    found = re.findall(r"\[([^\]]+)\]", _MATH.sub("", text))
    return [part.strip() for brackets in found for part in brackets.split("; ")]


def listed(references: str) -> list[Work]:
    """The works of a list of references, in order."""
    return [(first(authors), year) for authors, year in _ENTRY.findall(references)]
