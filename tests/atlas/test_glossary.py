"""The glossary and the collected formulas."""

import re

import pytest

from nna.atlas import formulas, glossary


def test_a_term_with_its_forms():
    (term,) = glossary.parse("# Glossary\n\n**batch size** (batch sizes, B): how many\nexamples.\n")
    assert term.words == ("batch size", "batch sizes", "B")
    assert term.text == "how many examples."
    assert term.anchor == "batch-size"


@pytest.mark.parametrize(
    ("text", "said"),
    [("a paragraph", "no term"), ("**a**: x.\n\n**b** (A): y.", "stand twice: a")],
)
def test_what_is_no_glossary(text, said):
    with pytest.raises(ValueError, match=said):
        glossary.parse(text)


def test_ours_is_in_order_and_each_term_has_an_anchor_of_its_own():
    terms = glossary.read()
    anchors = [term.anchor for term in terms]
    assert len(set(anchors)) == len(anchors)
    assert [t.words[0].lower() for t in terms] == sorted(t.words[0].lower() for t in terms)
    assert all(term.text.endswith((".", ")")) for term in terms)


def test_every_british_form_has_its_american_one_beside_it():
    for term in glossary.read():
        for word in term.words:
            american = re.sub(r"is(ation|ations|er|ers|ing)\b", r"iz\1", word)
            if not word.lower().startswith(("denois", "noise")):
                assert american in term.words, word


def test_formulas_come_with_what_explains_them():
    found = formulas.collect()
    assert len({formula.architecture for formula in found}) > 40
    resnet = next(formula for formula in found if formula.architecture == "resnet")
    assert resnet.tex.startswith("y = x + F(x, W)")
    assert resnet.symbols.startswith("where $x$ and $y$")
