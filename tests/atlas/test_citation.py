"""BibTeX: well-formed, and each kind of paper told apart."""

import dataclasses
import re
from typing import get_args

import pytest

from nna import registry
from nna.atlas import catalogue, citation
from nna.errors import UserError
from nna.spec import UNTOLD, Paper


def paper(**changes) -> Paper:
    known = {"title": "On Nets", "authors": "Doe, Roe", "year": 1999, "venue": "Nature"}
    return Paper(**known | changes)


def fields(entry: str) -> dict[str, str]:
    """Read an entry back; fails on unbalanced braces or lines that are no field."""
    first, *lines, last = entry.split("\n")
    assert re.fullmatch(r"@[a-z]+\{[a-z0-9]+,", first)
    assert last == "}"
    found = {}
    for line in lines:
        match = re.fullmatch(r"  (\w+) = \{(.*)\},", line)
        assert match, line
        bare = re.sub(r"\\[{}]", "", match[2])
        depth = 0
        for sign in bare:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            assert depth >= 0, line
        assert depth == 0, line
        found[match[1]] = match[2]
    return found


def test_every_paper_gives_a_well_formed_entry():
    keys = []
    for name, spec in catalogue.read().specs.items():
        entry = citation.entry(name)
        found = fields(entry)
        assert found["year"] == str(spec.paper.year)
        assert {"author", "title"} < found.keys()
        keys.append(citation.key(spec.paper))
    papers = {spec.paper.title for spec in catalogue.read().specs.values()}
    assert len(set(keys)) == len(papers)  # two architectures may share one


def test_an_entry_as_a_whole():
    entry = citation.bibtex(paper(venue="CVPR", arxiv="1512.03385", doi="10.1/x_y"))
    assert entry == (
        "@inproceedings{doe1999nets,\n"
        "  author = {Doe and Roe},\n"
        "  title = {{On Nets}},\n"
        "  booktitle = {CVPR},\n"
        "  year = {1999},\n"
        "  doi = {10.1/x_y},\n"
        "  eprint = {1512.03385},\n"
        "  archiveprefix = {arXiv},\n"
        "}"
    )


@pytest.mark.parametrize("kind", citation.VENUES)
def test_the_venue_stands_where_its_kind_of_paper_has_it(kind):
    entry = citation.bibtex(paper(venue="Neural Computation 9(8)", kind=kind))
    assert entry.startswith(f"@{kind}{{")
    assert fields(entry)[citation.VENUES[kind]] == "Neural Computation 9(8)"


def test_kinds_are_those_that_papers_may_have():
    assert {*citation.VENUES} == {*get_args(Paper.__annotations__["kind"])}


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (("CVPR", "NIPS", "NeurIPS", "ICLR", "ICML", "ECCV", "BMVC"), {"inproceedings"}),
        (("arXiv",), {"misc"}),
        (("Neural Computation", "Biological Cybernetics", "Nature"), {"article"}),
        (("report",), {"techreport"}),
    ],
)
def test_what_specs_say_of_their_papers_agrees_with_the_venues(words, kinds):
    papers = [registry.describe(name).paper for name in registry.names()]
    found = {one.kind for one in papers if any(word in one.venue for word in words)}
    assert found == kinds


def test_special_characters_are_escaped():
    title = fields(citation.bibtex(paper(title="50% of {A} & B_c #1 ~ $x^2$ \\ y")))["title"]
    assert title == (
        r"{50\% of \{A\} \& B\_c \#1 \textasciitilde{} \$x\textasciicircum{}2\$ "
        r"\textbackslash{} y}"
    )


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("He, Zhang, Ren, Sun", "He and Zhang and Ren and Sun"),
        ("Rosenblatt", "Rosenblatt"),
        ("Vaswani, Shazeer et al.", "Vaswani and Shazeer and others"),
        ("Vaswani et al.", "Vaswani and others"),
        ("Vaswani, et al", "Vaswani and others"),
        ("Minsky and Papert", "Minsky and Papert"),
        ("Minsky & Papert", "Minsky and Papert"),
    ],
)
def test_authors(authors, expected):
    assert fields(citation.bibtex(paper(authors=authors)))["author"] == expected


def test_keys_are_ascii():
    assert citation.key(paper(authors="Müller-Lüdenscheidt", title="The Éclat")) == (
        "mullerludenscheidt1999eclat"
    )


def test_a_line_for_a_list_of_references():
    assert citation.line(paper(doi="10.1/x")) == "Doe, Roe (1999). On Nets. Nature. doi:10.1/x."


def test_where_no_paper_is_named_a_line_says_so():
    assert citation.line(UNTOLD) == "no paper is named"


def test_an_entry_that_is_lacking_is_told_with_its_place(monkeypatch, tmp_path):
    bare = dataclasses.replace(registry.describe("lstm"), paper=UNTOLD)
    monkeypatch.setattr(registry, "describe", lambda _: bare)
    monkeypatch.setattr(registry, "folder", lambda _: tmp_path)
    with pytest.raises(UserError, match=r"^lstm: no paper is named: .*paper\.bib$"):
        citation.entry("lstm")
