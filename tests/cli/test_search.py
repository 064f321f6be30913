"""`nna search`: over everything that the library knows."""

from nna.data import catalog
from nna.lab import catalog as lab


def test_it_finds_architectures_datasets_and_experiments(nna):
    hits = nna("search", "digits", "--limit", "1000", "--json").json()
    assert ("dataset", "digits") in {(hit["kind"], hit["id"]) for hit in hits}
    assert "architecture" in {hit["kind"] for hit in hits}
    for name in lab.names():
        found = nna("search", *lab.describe(name).title.split(), "--json").json()
        assert ("experiment", name) in {(hit["kind"], hit["id"]) for hit in found}
    for name in catalog.names():
        found = nna("search", name, "--json").json()
        assert found[0]["id"] == name


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
