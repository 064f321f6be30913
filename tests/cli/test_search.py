"""`nna search`: over everything that the library knows."""

import pytest

from nna import library
from nna.atlas import glossary
from nna.atlas.search import search
from nna.data import catalog
from nna.lab import catalog as lab


def test_it_finds_architectures_datasets_and_experiments(nna):
    hits = nna("search", "digits", "--limit", "1000", "--json").json()
    assert ("dataset", "digits") in {(hit["kind"], hit["id"]) for hit in hits}
    assert "architecture" in {hit["kind"] for hit in hits}
    title = lab.describe("xor").title
    hits = nna("search", *title.split(), "--json").json()
    assert ("experiment", "xor") in {(hit["kind"], hit["id"]) for hit in hits}


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_all_are_found_by_title_or_name(every):
    for name in lab.names()[::every]:
        found = search(lab.describe(name).title, library.index()).hits[:10]
        assert ("experiment", name) in {(hit.kind, hit.id) for hit in found}
    for name in catalog.names()[::every]:
        assert search(name, library.index()).hits[0].id == name


def test_a_name_comes_first(nna):
    assert nna("search", "residual", "network", "--json").json()[0]["id"] == "resnet"
    assert nna("search", "resnet", "--json").json()[0]["id"] == "resnet"


def test_typing_errors_are_forgiven_and_told(nna):
    answer = nna("search", "perceptorn")
    assert answer.out.startswith("'perceptorn' read as 'perceptron'\n")
    assert "perceptron" in answer.out.splitlines()[2]


def test_the_rest_is_counted(nna):
    every = len(nna("search", "network", "--limit", "1000", "--json").json())
    out = nna("search", "network", "--limit", "2").out
    assert out.splitlines()[-1] == f"and {every - 2} more: --limit {every}"
    assert len(nna("search", "network", "--limit", "2", "--json").json()) == 2


def test_nothing_found_is_said(nna):
    assert nna("search", "qqqqzzzz").out == "nothing found for 'qqqqzzzz'\n"
    assert nna("search", "qqqqzzzz", "--json").json() == []


def test_nothing_asked(nna):
    assert "give a word" in nna("search", "?!").complaint()


@pytest.mark.parametrize(
    ("query", "kind", "first"),
    [
        ("vit", "term", "vision-transformer"),
        ("rnn", "term", "recurrent-network"),
        ("cnn", "term", "convolutional-network"),
        ("lsmt", "architecture", "lstm"),
        ("1512.03385", "architecture", "resnet"),
        ("learning rate", "term", "learning-rate"),
        ("backpropagation", "term", "back-propagation"),
        ("dice", "term", "dice-coefficient"),
        ("normalization", "term", "normalisation"),
        ("drop-path", "block", "stochastic_depth"),
        ("lagrangian", None, None),
    ],
)
def test_what_people_type_is_found(query, kind, first):
    found = search(query, library.index())
    assert not first or (found.hits[0].kind, found.hits[0].id) == (kind, first)
    assert query == "lsmt" or not found.read_as


def test_authors_are_found_by_their_whole_names():
    assert {"lenet1", "lenet5", "lenet_1989"} <= {
        hit.id for hit in search("yann lecun", library.index()).hits[:4]
    }


def test_every_abbreviation_of_a_term_finds_the_term():
    for term in glossary.read():
        for form in (form for form in term.words if form.isupper()):
            found = search(form, library.index())
            assert not found.read_as, f"{form} was taken for a typing error"
            top = [(hit.kind, hit.id) for hit in found.hits[:8]]
            assert ("term", term.anchor) in top, f"{form}: {top}"


def test_british_and_american_spelling_find_the_same():
    for british, american in (("colour", "color"), ("optimiser", "optimizer"), ("grey", "gray")):
        assert search(british, library.index()).hits == search(american, library.index()).hits


def test_errors_of_the_field_are_marked(nna):
    out = nna("search", "LSTM of 1997 has three gates", "--limit", "5").out
    assert "Wrong: The LSTM of 1997 has three gates" in out
    hits = search("HIST-30", library.index()).hits
    assert hits[0].title.startswith("Wrong: ")


def test_what_the_guide_says_is_found():
    assert any(hit.kind == "chapter" for hit in search("vanishing gradients", library.index()).hits)
