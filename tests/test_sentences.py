"""What a card says and a declaration holds: read as it was written, and said in one place."""

import dataclasses
import re

import pytest
from hypothesis import given, strategies as st

from nna import registry, sentences
from nna.errors import UserError
from nna.spec import Advice

WORDS = st.from_regex(r"[a-z2^(]+([ :.,'-][A-Za-z0-9%)]+){0,8}\.?", fullmatch=True)
SOURCES = st.from_regex(r"[A-Z][a-z]+ 19\d\d(; test_[a-z_]+)?", fullmatch=True)
VERDICTS = st.sampled_from(("yes", "no"))
ADVICE = st.lists(st.builds(Advice, WORDS, VERDICTS, WORDS, SOURCES), min_size=1, max_size=4)
OWN = registry.describe("lstm")
BARE = dataclasses.replace(
    OWN,
    published_recipe="",
    advice=(),
    signature=dataclasses.replace(OWN.signature, expected_failure="", failure_test=""),
)


def card(recipe: str, failure: str, test: str, advice: list[Advice], wrap: str = " ") -> str:
    verdicts = {"yes": "Yes", "no": "No"}
    fits = (
        f"- {verdicts[one.verdict]}, **{one.when}**: {one.because} [{one.source}]" for one in advice
    )
    texts = [
        "# It\n\n## Training logic\n\nBy steps. [Hebb 1949]",
        f"*As published:* {recipe}",
        f"## Limits\n\nMany.\n\n*Expected failure:* {failure} [`{test}`]",
        "## Use\n\n" + "\n".join(fits),
        "Or not.",
    ]
    return re.sub(r"(?<=[a-z,]) (?=[a-z])", wrap, "\n\n".join(texts))


@given(WORDS, WORDS, st.from_regex(r"test_[a-z_]+", fullmatch=True), ADVICE, st.booleans())
def test_what_a_card_says_is_read_as_it_was_written(recipe, failure, test, advice, wrapped):
    text = card(recipe, failure, test, advice, "\n  " if wrapped else " ")
    found = sentences.completed("it", BARE, text)
    assert found.published_recipe == recipe
    assert (found.signature.expected_failure, found.signature.failure_test) == (failure, test)
    assert found.advice == tuple(advice)
    assert dataclasses.replace(
        found, published_recipe="", advice=(), signature=BARE.signature
    ) == BARE  # fmt: skip


def test_a_card_that_says_nothing_leaves_the_declaration_as_it_is():
    assert sentences.completed("it", OWN, "# It\n\n- Yes, of course\n") == OWN


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("published_recipe", "*As published:* so"),
        ("expected_failure", "*Expected failure:* that [`test_it`]"),
        ("advice", "- No, **now**: because [Hebb 1949]"),
    ],
)
def test_what_spec_and_card_both_say_is_refused(field, text):
    with pytest.raises(UserError, match=rf"^it: {field} stands in spec\.py and in card\.md"):
        sentences.completed("it", OWN, text)


def test_what_a_card_says_twice_is_refused():
    with pytest.raises(UserError, match=r"^it: card\.md: published_recipe: stated 2 times"):
        sentences.completed("it", BARE, "*As published:* so\n\n*As published:* otherwise")
