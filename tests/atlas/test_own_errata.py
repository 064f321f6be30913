"""Our own texts obey our own errata: none says in like words what an entry calls wrong."""

import re
from functools import cache

import pytest

from nna import registry
from nna.atlas import errata, glossary, guide
from nna.atlas.references import body

SMALL = {
    "the", "and", "that", "with", "from", "which", "what", "than", "have", "has", "had", "was",
    "were", "are", "its", "not", "for", "all", "one", "they", "them", "can", "of", "in", "to",
    "is", "it", "by", "on", "as", "at", "be", "an", "a", "until", "too", "over", "more", "most",
}  # fmt: skip
SHARE = 0.8  # of an entry's telling words that one sentence of ours may not hold together
DENIES = re.compile(
    r"\b(?:not|no|never|nor|neither|isn't|doesn't|don't|can't|wasn't|often called)\b"
)


def telling(text: str) -> set[str]:
    """The words that carry a sentence, cut to their stems, and its numbers."""
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)?", text.lower())
    return {word[:6] for word in words if word not in SMALL}


@cache
def sentences() -> tuple[tuple[str, frozenset[str]], ...]:
    """Every sentence of cards, chapters and glossary, with its telling words."""
    texts = [*(body(name) for name in registry.names()), *(one.text for one in guide.read())]
    texts += [term.text for term in glossary.read()]
    parts = [part for text in texts for part in re.split(r"(?<=[.;!?])\s+", text)]
    return tuple((part, frozenset(telling(part))) for part in parts)


def repeated(says: str) -> list[str]:
    """Sentences of ours that hold most of an erratum's words and deny nothing."""
    words = telling(says)
    held = [(part, len(words & own)) for part, own in sentences()]
    return [part for part, n in held if n >= SHARE * len(words) and not DENIES.search(part)]


def test_the_search_finds_the_wording(monkeypatch):
    says = "ResNet-152 has a top-5 error of 3.57 % on ImageNet."
    ours = "On ImageNet the ResNet-152 reaches a top-5 error of 3.57 %."
    monkeypatch.setattr(f"{__name__}.sentences", lambda: ((ours, frozenset(telling(ours))),))
    assert repeated(says) == [ours]


@pytest.mark.parametrize("erratum", errata.every(), ids=lambda erratum: erratum.row)
def test_no_text_of_ours_repeats_what_we_call_wrong(erratum):
    assert repeated(erratum.says) == []
