"""The glossary and the collected formulas."""

import re

import pytest

from nna.atlas import formulas, glossary, guide
from nna.atlas.search import SPELLINGS, Document, indexed, search


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
    assert [term.words[0] for term in terms if len(term.text.split()) < 7] == []  # no mere hint


def test_every_british_form_has_its_american_one_beside_it():
    for term in glossary.read():
        for word in term.words:
            american = re.sub(r"is(ation|ations|er|ers|ing)\b", r"iz\1", word)
            if not word.lower().startswith(("denois", "noise")):
                assert american in term.words, word


ASKED_TODAY = """
RoPE; KV cache; LoRA; RLHF; DPO; reward model; verifiable rewards; instruction tuning; chain of
thought; reasoning model; test-time compute; in-context learning; prompt; prompt injection;
jailbreak; agent; tool use; retrieval-augmented generation; hallucination; tokeniser; byte-pair
encoding; context window; temperature; nucleus sampling; speculative decoding; FlashAttention;
grouped-query attention; multi-head attention; cross-attention; router; load balancing; SwiGLU;
Muon; contrastive learning; InfoNCE; CLIP; vision transformer; foundation model; zero-shot; latent
diffusion; flow matching; classifier-free guidance; score matching; codebook; conformal prediction;
out-of-distribution; distribution shift; epistemic uncertainty; ECE; ROC; AUC; F1; contamination;
model collapse; compute-optimal; tensor parallelism; FP8; gradient accumulation; activation
checkpointing; alignment; adversarial example; sparse autoencoder; GRPO; reward hacking; pass@k;
MoE; BPTT; teacher forcing; masked language model; seq2seq; EMA; BM25; reranking
"""


def american(word: str) -> str:
    """A form as it is spelt in the other English."""
    for british, both in SPELLINGS:
        word = word.replace(british, both)
    return re.sub(r"([a-z]{3})is(e|ed|er|ers|es|ing|ation|ations)\b", r"\1iz\2", word)


def test_what_readers_ask_today_is_explained():
    known = {word.lower() for term in glossary.read() for word in term.words}
    asked = {" ".join(word.split()).lower() for word in ASKED_TODAY.split(";")}
    assert asked <= known


def test_short_names_that_chapters_put_in_parentheses_are_explained():
    known = {word for term in glossary.read() for word in term.words}
    for chapter in guide.read():
        short = re.findall(r"\(([A-Za-z]*[A-Z]{2,}[A-Za-z0-9]*)\)", chapter.text)
        assert {*short} - {"EU"} <= known, chapter.id  # EU: of laws' numbers


def test_a_term_is_found_by_each_of_its_forms_in_either_spelling():
    """A form of each term, now this one, now that: all would take seconds."""
    shelf = indexed(
        Document("term", one.anchor, one.words[0], {"name": " ".join(one.words)}, one.words)
        for one in glossary.read()
    )
    for number, term in enumerate(glossary.read()):
        form = term.words[number % len(term.words)]
        assert search(american(form), shelf).hits[0].id == term.anchor, form


def test_most_terms_are_found_by_other_words_too():
    terms = glossary.read()
    assert sum(len(term.words) > 1 for term in terms) > 0.8 * len(terms)


def test_formulas_come_with_what_explains_them():
    found = formulas.collect()
    assert len({formula.architecture for formula in found}) > 40
    resnet = next(formula for formula in found if formula.architecture == "resnet")
    assert resnet.tex.startswith("y = x + F(x, W)")
    assert resnet.symbols.startswith("where $x$ and $y$")
