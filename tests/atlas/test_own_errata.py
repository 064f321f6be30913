"""Our own texts obey our own errata: none says in like words what an entry calls wrong."""

import re
from functools import cache

import pytest

from nna import registry
from nna.atlas import errata, glossary, guide
from nna.atlas.references import body
from nna.lab.blocks import catalog as blocks
from nna.spec import Architecture

SMALL = {
    "the", "and", "that", "with", "from", "which", "what", "than", "have", "has", "had", "was",
    "were", "are", "its", "not", "for", "all", "one", "they", "them", "can", "of", "in", "to",
    "is", "it", "by", "on", "as", "at", "be", "an", "a", "until", "too", "over", "more", "most",
}  # fmt: skip
OPENS = re.compile(
    r"(?:^|(?<=[.!?;:]\s))[A-Z](?=[a-z]*\b)"
)  # of a sentence: says nothing of a name
SHARE = 0.8  # of an entry's telling words that one sentence of ours may not hold together
DENIES = re.compile(
    r"\b(?:not|no|never|nor|neither|isn't|doesn't|don't|can't|wasn't|often called)\b"
)


def telling(text: str) -> set[str]:
    """The words that carry a sentence, cut to their stems, and its numbers."""
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)?", text.lower())
    return {word[:6] for word in words if word not in SMALL}


def names(text: str) -> set[str]:
    """The proper names of a text, cut to their stems: words with a capital that opens nothing."""
    plain = OPENS.sub(lambda found: found[0].lower(), text)
    return telling(" ".join(re.findall(r"[A-Za-z]*[A-Z][A-Za-z]*", plain)))


def said(spec: Architecture) -> list[str]:
    """What a spec says in sentences."""
    advice = [f"{one.when}. {one.because}." for one in spec.advice]
    return [f"{spec.idea}", f"{spec.limitation}", *advice]


@cache
def sentences() -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Every sentence of ours, its telling words, and those of its title.

    Of cards, specs, chapters, glossary and blocks, and what the errata themselves call right.
    """
    texts = [(registry.describe(name).name, body(name)) for name in registry.names()]
    texts += [(one.title, one.text) for one in guide.read()]
    texts += [(" ".join(term.words), term.text) for term in glossary.read()]
    texts += [
        (spec.name, " ".join(said(spec))) for spec in map(registry.describe, registry.names())
    ]
    texts += [
        (one.title, f"{one.use} {one.limits}") for one in map(blocks.describe, blocks.names())
    ]
    texts += [(one.row, f"{one.right} {one.matters}") for one in errata.every()]
    return tuple(
        (part, frozenset(telling(part)), frozenset(telling(title)))
        for title, text in texts
        for part in re.split(r"(?<=[.;!?])\s+", text)
    )


def repeated(says: str) -> list[str]:
    """Sentences of ours that hold most of an erratum's words, name what it names, deny nothing.

    A text need not repeat its own title: a card's "it" is the network of the card.
    """
    words, named = telling(says), names(says)
    return [
        part
        for part, own, title in sentences()
        if len(words & own) >= SHARE * len(words)
        and named <= own | title
        and not DENIES.search(part)
    ]


def holding(monkeypatch, sentence: str, title: str = "") -> None:
    """Let one sentence, under its title, be all that we say."""
    ours = (sentence, frozenset(telling(sentence)), frozenset(telling(title)))
    monkeypatch.setattr(f"{__name__}.sentences", lambda: (ours,))


def test_the_search_finds_the_wording(monkeypatch):
    says = "ResNet-152 has a top-5 error of 3.57 % on ImageNet."
    ours = "On ImageNet the ResNet-152 reaches a top-5 error of 3.57 %."
    holding(monkeypatch, ours)
    assert repeated(says) == [ours]


def test_what_opens_a_sentence_is_no_name_unless_it_is_written_like_one():
    assert names("DLSS draws pictures. Sharp ones, as in CoAtNet; The rest is Google's.") == {
        "dlss",
        "coatne",
        "google",
    }


def test_a_sentence_on_something_else_repeats_nothing(monkeypatch):
    says = "DLSS draws its pictures with adversarial networks."
    for ours in ("Pictures are drawn: adversarial networks draw them.", "A network draws DLSS."):
        holding(monkeypatch, ours)
        assert repeated(says) == []
    holding(monkeypatch, "DLSS draws pictures with adversarial networks.")
    assert len(repeated(says)) == 1


def test_a_card_that_speaks_of_its_own_network_is_found(monkeypatch):
    says = "ALBERT computes less than BERT, since its layers share their weights."
    ours = "Since its layers share their weights it computes less than BERT."
    holding(monkeypatch, ours, title="ALBERT")
    assert repeated(says) == [ours]
    holding(monkeypatch, ours, title="GPT-2")
    assert repeated(says) == []


@pytest.mark.parametrize("erratum", errata.every(), ids=lambda erratum: erratum.row)
def test_no_text_of_ours_repeats_what_we_call_wrong(erratum):
    assert repeated(erratum.says) == []


def wrong_figures(says: str, right: str) -> set[str]:
    """The numbers of an error that what is right doesn't have; years and small counts aside."""
    found = r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])"
    told = {*re.findall(found, says)} - {*re.findall(found, right)}
    return {
        one for one in told if len(one.replace(",", "")) > 1 and not re.match(r"1[89]|20\d\d", one)
    }


def repeated_figures(says: str, right: str) -> list[str]:
    """Sentences of ours with a wrong number of an error and a name of it, that deny nothing."""
    numbers, named = wrong_figures(says, right), names(says)
    return [
        part
        for part, own, title in sentences()
        if numbers
        and any(re.search(rf"(?<![\w.,]){re.escape(one)}(?![\w.,]\d|\w)", part) for one in numbers)
        and named & (own | title)
        and not DENIES.search(part)
    ]


def test_a_wrong_figure_is_found_beside_a_name(monkeypatch):
    says = "Megatron-Turing NLG was trained on 5,760 A100."
    ours = "For NLG, Megatron used as many as 5,760 processors."
    holding(monkeypatch, ours)
    assert repeated_figures(says, "It had 4,480.") == [ours]
    holding(monkeypatch, "In all 5,760 pictures were shown to it.")
    assert repeated_figures(says, "It had 4,480.") == []


@pytest.mark.parametrize("erratum", errata.every(), ids=lambda erratum: erratum.row)
def test_no_text_of_ours_has_a_figure_that_we_call_wrong(erratum):
    assert repeated_figures(erratum.says, f"{erratum.right} {erratum.matters}") == []
