"""Cards taken apart."""

import pytest

from nna import registry
from nna.atlas import cards, catalogue
from nna.errors import UserError

CARD = """# A network

*Before it:* another. *After it:* a third.

## What it is

The first
paragraph.

The second.

## Intuition

Like a river.
### not a lens
More.

## When to use, when not to
"""


def test_a_card_comes_apart_and_loses_nothing():
    card = cards.parse(CARD)
    assert card.title == "A network"
    assert card.bridge == "*Before it:* another. *After it:* a third."
    assert [*card.lenses] == ["What it is", "Intuition", "When to use, when not to"]
    assert card.lenses["Intuition"] == "Like a river.\n### not a lens\nMore."
    assert card.lenses["When to use, when not to"] == ""


def test_the_summary_is_the_first_paragraph_on_one_line():
    assert cards.parse(CARD).summary == "The first paragraph."


@pytest.mark.parametrize("text", ["", "# Only a title", "no title at all"])
def test_a_card_that_is_only_begun(text):
    card = cards.parse(text)
    assert card.lenses == {}
    assert card.summary == ""


def test_a_lens_by_a_part_of_its_heading():
    assert cards.parse(CARD).lens("WHEN")[0] == "When to use, when not to"
    assert cards.parse(CARD).lens(" intuition ") == (
        "Intuition",
        "Like a river.\n### not a lens\nMore.",
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("it", "could be: What it is, Intuition"),
        ("intutition", "did you mean intuition?"),
        ("zzz", "the lenses are: What it is, Intuition, When"),
    ],
)
def test_no_such_lens(wanted, said):
    with pytest.raises(UserError, match=said):
        cards.parse(CARD).lens(wanted)


def test_every_card_has_a_summary():
    written = [n for n in catalogue.read().specs if (registry.folder(n) / "card.md").exists()]
    assert written
    for name in written:
        assert len(cards.read(name).summary.split()) > 10, name
