"""All displayed formulas of the cards, with what explains their symbols."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nna.atlas import cards, catalogue
from nna.errors import UserError

_DISPLAYED = re.compile(r"\$\$(.+?)\$\$", re.S)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and where it stands."""

    architecture: str
    lens: str
    tex: str
    symbols: str  # Markdown: the paragraph after it


def collect() -> tuple[Formula, ...]:
    """Every formula on a line of its own, card by card."""
    found = []
    for name in catalogue.read().specs:
        try:
            card = cards.read(name)
        except UserError:  # a card that is yet to be written has none
            continue
        for lens, text in card.lenses.items():
            paragraphs = [part.strip() for part in text.split("\n\n")]
            for place, paragraph in enumerate(paragraphs):
                after = paragraphs[place + 1] if place + 1 < len(paragraphs) else ""
                symbols = "" if _DISPLAYED.search(after) else after
                for tex in _DISPLAYED.findall(paragraph):
                    found.append(Formula(name, lens, tex.strip(), symbols))
    return tuple(found)
