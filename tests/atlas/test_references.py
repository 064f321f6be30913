"""Citations resolve: each has its entry in the references, and each entry is cited."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from functools import cache

import pytest

from nna import registry, spec
from nna.atlas import cards, guide
from nna.atlas.references import body, cited, first, listed, placed

_UNCITED = {"venue", "against"}  # fields of a declaration that name no work: "ICLR 2021"
SHARED = (*spec.GLOROT, *spec.HE_FAN_OUT, *spec.he_fan_in("Linear"))  # name works in full


@cache
def said(name: str) -> str:
    """What the spec of an architecture says in words; whole strings count as bracketed."""
    return "\n".join(f"{one}\n[{one}]" for one in _strings(registry.describe(name)))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, Mapping):
        yield from _strings((*value, *value.values()))
    elif dataclasses.is_dataclass(value):
        told = (f.name for f in dataclasses.fields(value) if f.name not in _UNCITED)
        yield from _strings(tuple(getattr(value, one) for one in told))


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
    shared = {work for one in SHARED for work in cited(f"[{one.source}]")}
    assert not cited(body(name)) - {*entries}
    assert not cited(said(name)) - {*entries} - shared


@pytest.mark.parametrize("name", registry.names())
def test_every_entry_of_a_card_is_cited_and_told_apart(name):
    text = cards.read(name).lenses["References"]
    entries = listed(text)
    assert len(entries) == len(re.findall(r"^\d+\. ", text, re.M))
    assert len({*entries}) == len(entries)  # else (2016a) and (2016b)
    works = cited(body(name)) | cited(said(name))
    assert not {*entries[1:]} - works  # the first is the paper itself


@pytest.mark.parametrize("chapter", guide.read(), ids=lambda chapter: chapter.id)
def test_what_a_chapter_cites_says_once_where_it_stands(chapter):
    """A chapter has no list: one citation of a work has its address or where it appeared."""
    assert not cited(chapter.text) - placed(chapter.text)


@pytest.mark.parametrize("name", registry.names())
def test_the_entries_are_numbered_and_the_first_is_the_paper(name):
    text = cards.read(name).lenses["References"]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.M)]
    assert numbers == [*range(1, len(numbers) + 1)]
    paper = registry.describe(name).paper
    year = listed(text)[0][1]
    assert (listed(text)[0][0], year[:4]) == (first(paper.authors), str(paper.year))
