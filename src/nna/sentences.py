"""What a card says that the declaration of its architecture holds too: read here, written once.

A card bears such a sentence in the lens where a reader looks for it, in a form of its own:

    *As published:* SGD, rate 0.1 (section 3).                in "Training logic"
    *Expected failure:* XOR: no line parts it. [`test_xor`]   in "Assumptions and limitations"
    - Yes, **few rows**: it has few weights. [Hebb 1949]      in "When to use, when not to"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nna.errors import UserError
from nna.spec import Advice, Architecture

PUBLISHED = re.compile(r"\*As published:\* (?P<published_recipe>.+)")
FAILURE = re.compile(
    r"\*Expected failure:\* (?P<expected_failure>.+) \[`(?P<failure_test>test_\w+)`\]"
)
ADVICE = re.compile(
    r"- (?P<verdict>Yes|No), \*\*(?P<when>.+?)\*\*: (?P<because>.+) \[(?P<source>[^\[\]]+)\]"
)


def completed(name: str, declared: Architecture, card: str) -> Architecture:
    """A declaration with the sentences of its card.

    Args:
        name: of the architecture, for messages.
        declared: as its spec.py has it.
        card: its text.

    Raises:
        UserError: a sentence stands in spec.py as well, or twice in the card.
    """
    said = [*_sentences(card)]
    own, task = _once(name, PUBLISHED, said), _once(name, FAILURE, said)
    fits = [found.groupdict() for one in said if (found := ADVICE.fullmatch(one))]
    if fits:
        own["advice"] = tuple(
            Advice(**{**fit, "verdict": "yes" if fit["verdict"] == "Yes" else "no"}) for fit in fits
        )
    for field in (*own, *task):
        if getattr(declared.signature if field in task else declared, field):
            raise UserError(f"{name}: {field} stands in spec.py and in card.md: keep the card's")
    return replace(declared, signature=replace(declared.signature, **task), **own)


def _once(name: str, form: re.Pattern[str], said: list[str]) -> dict[str, Any]:
    found = [match.groupdict() for one in said if (match := form.fullmatch(one))]
    if len(found) > 1:
        raise UserError(f"{name}: card.md: {', '.join(found[0])}: stated {len(found)} times")
    return found[0] if found else {}


def _sentences(card: str) -> Iterator[str]:
    """The paragraphs of a card and the items of its lists, on a line each."""
    for block in re.split(r"\n\s*\n|\n(?=- )", card):
        yield " ".join(block.split())
