"""Order and priority: who came before whom agrees with the dates, and "first" has its source."""

import re

import pytest

from nna import registry
from nna.atlas import attributions, cards, guide
from nna.atlas.references import body, cited
from nna.lab.blocks import catalog as blocks

SPECS = {name: registry.describe(name) for name in registry.names()}
FIRST = {name: spec.year for name, spec in SPECS.items()}
PRIORITY = re.compile(
    r"\b(?:was|were) (?:the |among the )?(?:very )?(?:first|earliest|oldest)\b"
    r"|\b[Tt]he (?:first|earliest|oldest) (?:[\w-]+ )?(?:network|model|machine|answer)s? "
    r"(?:to|that|which)\b"
    r"|\bfor the first time\b|\bnobody before\b|\bthe origin of\b|\b(?:is|are) the oldest\b"
    r"|\b[Ii]t is the (?:smallest|largest|fastest|simplest)\b"
)
SOURCE = re.compile(r"\[[^\]]+\]")
PARTS = re.compile(r"\*(Before|Beside|After) it[:,]\*")


def unsourced(text: str) -> list[str]:
    """Statements of priority with no citation in their sentence or the next."""
    sentences = re.split(r"(?<=[.!?:\]])\s+(?=[A-Z*\[])", text)
    pairs = zip(sentences, [*sentences[1:], ""], strict=True)
    return [one for one, after in pairs if PRIORITY.search(one) and not SOURCE.search(one + after)]


def bridge(name: str) -> dict[str, str]:
    """What a card says came before, beside and after."""
    _, *parts = PARTS.split(cards.read(name).bridge)
    return {kind: text for kind, text in zip(parts[::2], parts[1::2], strict=True)}


def named(text: str) -> set[str]:
    """The architectures whose names stand in a text, none as a part of another's."""
    alone = r"(?<![\w-]){}(?![\w-])"
    return {n for n, s in SPECS.items() if re.search(alone.format(re.escape(s.name)), text)}


def test_statements_of_priority_are_found():
    assert unsourced("It was the first network to do so. Nobody cared.")
    assert not unsourced("It was the first network to do so. [Baldi 1993] Nobody cared.")
    assert unsourced("It is the smallest network that shows this.")
    assert not unsourced("The first layer sees the picture. The first is fixed.")


@pytest.mark.parametrize("name", SPECS)
def test_a_card_that_says_first_says_who_says_so(name):
    assert unsourced(body(name)) == []


@pytest.mark.parametrize("chapter", guide.read(), ids=lambda chapter: chapter.id)
def test_a_chapter_that_says_first_says_who_says_so(chapter):
    assert unsourced(chapter.text) == []


@pytest.mark.parametrize("name", blocks.names())
def test_a_block_that_says_first_names_the_work(name):
    block = blocks.describe(name)
    text = re.sub(r"\(([A-Z][^()]*\d{4})\)", r"[\1]", f"{block.use} {block.limits}")
    assert unsourced(text) == []


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_that_says_first_says_who_says_so(name):
    spec = SPECS[name]
    told = [f"{one.because}. [{one.source}]" for one in spec.advice]
    assert unsourced(" ".join([f"{spec.idea}", f"{spec.limitation}", *told])) == []


@pytest.mark.parametrize("name", SPECS)
def test_what_it_builds_on_was_public_before_it_and_not_beside_it(name):
    spec = SPECS[name]
    for parent in {*spec.builds_on} & {*SPECS}:
        assert FIRST[parent] <= FIRST[name], parent
        assert not any({name, parent} <= group for group in attributions.CONCURRENT), parent


@pytest.mark.parametrize("name", SPECS)
def test_before_and_after_agree_with_the_years(name):
    told, own = bridge(name), SPECS[name].paper.year
    beside = {one for group in attributions.CONCURRENT if name in group for one in group} - {name}
    for work, year in cited(told.get("Before", "")):
        assert int(year[:4]) <= own, work
    for work, year in cited(told.get("After", "")):
        assert int(year[:4]) >= FIRST[name], work
    for other in named(told.get("Before", "")) - {name}:
        assert FIRST[other] <= own, other
    for other in named(told.get("After", "")) - {name}:
        assert FIRST[other] >= FIRST[name], other
    assert not (named(told.get("Before", "")) | named(told.get("After", ""))) & beside


@pytest.mark.parametrize("name", SPECS)
def test_every_card_says_what_came_before_and_after(name):
    assert {*bridge(name)} >= {"Before", "After"}


@pytest.mark.parametrize("one", attributions.ATTRIBUTIONS, ids=lambda one: f"{one.who} {one.year}")
def test_an_originator_is_named_with_a_year_in_every_card_about_the_idea(one):
    for name in one.about:
        works = {work for work in cited(body(name)) if work[0] == one.who}
        own = SPECS[name].paper
        works |= {(one.who, str(own.year))} if own.authors.startswith(one.who) else set()
        assert any(int(year[:4]) >= one.year for _, year in works), name
