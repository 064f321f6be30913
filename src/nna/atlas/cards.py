"""Take cards apart into their lenses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nna import registry
from nna.errors import UserError, nearest


@dataclass(frozen=True, slots=True)
class Card:
    """A card in parts; every text is Markdown."""

    title: str
    bridge: str  # what stands between title and first lens: what came before, what after
    lenses: dict[str, str]  # heading -> text, in the order of the card

    @property
    def summary(self) -> str:
        """The first paragraph of the first lens, on one line."""
        first = next(iter(self.lenses.values()), "")
        return " ".join(first.split("\n\n")[0].split())

    def lens(self, wanted: str) -> tuple[str, str]:
        """Heading and text of a lens, also by a part of its heading that no other has.

        Raises:
            UserError: no such lens, or several have this part.
        """
        headings = tuple(self.lenses)
        word = wanted.casefold().strip()
        exact = [h for h in headings if h.casefold() == word]
        found = exact or [h for h in headings if word and word in h.casefold()]
        if len(found) > 1:
            raise UserError(f"lens {wanted!r} could be: {', '.join(found)}")
        if not found:
            lower = {h.casefold(): h for h in headings}
            hint = nearest(word, tuple(lower), "nna show --help")
            near = hint if "mean" in hint else f"the lenses are: {', '.join(headings)}"
            raise UserError(f"no lens {wanted!r}; {near}")
        return found[0], self.lenses[found[0]]


def parse(text: str) -> Card:
    """Read a card: `# title`, the bridge, then `## lens` after `## lens`."""
    head, *rest = re.split(r"^## +(.+?) *$", text, flags=re.M)
    title, _, bridge = head.strip().partition("\n")
    texts = (body.strip() for body in rest[1::2])
    return Card(title.lstrip("# "), bridge.strip(), dict(zip(rest[::2], texts, strict=True)))


def read(name: str) -> Card:
    """The card of an architecture, in parts.

    Raises:
        UserError: no such architecture, or it has no card yet.
    """
    return parse(source(name))


def source(name: str) -> str:
    """The card of an architecture as it stands.

    Raises:
        UserError: no such architecture, or it has no card yet.
    """
    try:
        return registry.card(name)
    except FileNotFoundError as error:
        raise UserError(f"{name} has no card yet: write {error.filename}") from error
