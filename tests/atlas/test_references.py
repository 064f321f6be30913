"""Citations resolve: each has its entry in the references, and each entry is cited."""

import ast
import re
from functools import cache

import pytest

from nna import registry
from nna.atlas import cards, guide

_NAME = r"(?:(?:van den|von der|de) )?[A-Z][\w'’-]+"
_AUTHORS = rf"{_NAME}(?:, {_NAME})*(?: and {_NAME}| and others|,? et al\.)?"
_YEAR = r"(?:1[89]|20)\d\d[a-z]?"
_PART = re.compile(rf"^({_AUTHORS}),? ({_YEAR})\b")  # one of [A 2019; B, C 2020, table 1]
_SPOKEN = re.compile(rf"\b({_AUTHORS}) \(({_YEAR})\)")  # "He and others (2015) derive"
_ENTRY = re.compile(rf"^\d+\. (.+?) \(({_YEAR})\)\. \S", re.M)
_MATH = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.S)
_PLACED = re.compile(rf"^({_AUTHORS}),? ({_YEAR}), (?!section|table|figure|chapter|appendix)\S")
_UNCITED = {"venue", "against"}  # arguments of a spec that name no work: "ICLR 2021"

Work = tuple[str, str]  # the first author's name, and the year


def first(authors: str) -> str:
    """The first author of "Leshno, Lin", "Krotov and others" or "Vaswani et al."."""
    return re.split(r", | and |,? et al", authors)[0]


def cited(text: str) -> set[Work]:
    """Works that a text cites: "[Leshno, Lin 1993, theorem 1]", "He and others (2015)"."""
    text = _MATH.sub("", text)
    parts = [part for found in re.findall(r"\[([^\]]+)\]", text) for part in found.split("; ")]
    found = [match for part in parts if (match := _PART.match(part.strip()))]
    return {(first(one[1]), one[2]) for one in [*found, *_SPOKEN.finditer(text)]}


def listed(references: str) -> list[Work]:
    """The works of a list of references, in order."""
    return [(first(authors), year) for authors, year in _ENTRY.findall(references)]


@cache
def said(name: str) -> str:
    """What the spec of an architecture says in words; whole strings count as bracketed."""
    tree = ast.parse((registry.folder(name) / "spec.py").read_text(encoding="utf-8"))
    kept = [node for node in ast.walk(tree) if not _names_no_work(node)]
    strings = [child for node in kept for child in ast.iter_child_nodes(node)]
    values = [one.value for one in strings if isinstance(one, ast.Constant)]
    return "\n".join(f"{value}\n[{value}]" for value in values if isinstance(value, str))


def _names_no_work(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg in _UNCITED


def body(name: str) -> str:
    """A card without its references."""
    card = cards.read(name)
    texts = (text for lens, text in card.lenses.items() if lens != "References")
    return "\n\n".join([card.bridge, *texts])


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("so [Leshno, Lin 1993, theorem 1; test in this folder].", {("Leshno", "1993")}),
        ("[Patra et al. 1999; Krotov and others 2016]", {("Patra", "1999"), ("Krotov", "2016")}),
        ("as He and others (2015) derive", {("He", "2015")}),
        ("[de Boor 1978] [He 2016b]", {("de Boor", "1978"), ("He", "2016b")}),
        ("by [van den Oord 2018, section 2]", {("van den Oord", "2018")}),
        ("[paper, section 2] $[A 1990]$ in 1997 [`test_it`]", set()),
    ],
)
def test_citations_are_found(text, works):
    assert cited(text) == works


@pytest.mark.parametrize("name", registry.names())
def test_what_a_card_or_its_spec_cites_stands_in_the_references(name):
    entries = listed(cards.read(name).lenses["References"])
    assert not (cited(body(name)) | cited(said(name))) - {*entries}


@pytest.mark.parametrize("name", registry.names())
def test_every_entry_of_a_card_is_cited_and_told_apart(name):
    text = cards.read(name).lenses["References"]
    entries = listed(text)
    assert len(entries) == len(re.findall(r"^\d+\. ", text, re.M))
    assert len({*entries}) == len(entries)  # else (2016a) and (2016b)
    works = cited(body(name)) | cited(said(name))
    paper = {entries[0]} if "paper" in body(name) + said(name) else set()
    assert not {*entries} - works - paper


@pytest.mark.parametrize("chapter", guide.read(), ids=lambda chapter: chapter.id)
def test_what_a_chapter_cites_says_once_where_it_stands(chapter):
    """A chapter has no list: one citation of a work has its address or where it appeared."""
    parts = [p for found in re.findall(r"\[([^\]]+)\]", chapter.text) for p in found.split("; ")]
    placed = {(first(one[1]), one[2]) for p in parts if (one := _PLACED.match(p))}
    assert not cited(chapter.text) - placed


@pytest.mark.parametrize("name", registry.names())
def test_the_entries_are_numbered_and_the_first_is_the_paper(name):
    text = cards.read(name).lenses["References"]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.M)]
    assert numbers == [*range(1, len(numbers) + 1)]
    paper = registry.describe(name).paper
    year = listed(text)[0][1]
    assert (listed(text)[0][0], year[:4]) == (first(paper.authors), str(paper.year))
