"""Dates by one rule: an idea's first public version, and beside it the paper that is built here."""

import re

import pytest

from nna import registry
from nna.atlas import attributions, cards

SPECS = {name: registry.describe(name) for name in registry.names()}
LATER = [name for name, spec in SPECS.items() if spec.since is not None]


@pytest.mark.parametrize("name", LATER)
def test_an_earlier_year_is_earlier_than_the_papers_and_a_work_of_it_is_named(name):
    """A preprint's number, the address of a conference's paper, or whom attributions name."""
    spec, paper = SPECS[name], SPECS[name].paper
    assert spec.year < paper.year
    years = {str(one.year) for one in attributions.about(name)} | {_arxiv(paper.arxiv)}
    years |= {*re.findall(r"/(\d{4})/", paper.url or "")}
    assert str(spec.year) in years


@pytest.mark.parametrize("name", SPECS)
def test_nothing_was_public_later_than_its_preprint_says(name):
    """arXiv numbers begin with year and month."""
    if SPECS[name].paper.arxiv:
        assert str(SPECS[name].year) <= _arxiv(SPECS[name].paper.arxiv)


def _arxiv(number: str | None) -> str:
    return f"20{number[:2]}" if number else ""


def test_the_guide_states_the_rule():
    from nna.atlas import guide

    history = next(chapter.text for chapter in guide.read() if chapter.id == "history")
    assert "first public version" in history


def test_lists_map_and_lineage_go_by_the_idea():
    from nna.app import lineage_chart, member_tables, pages
    from nna.atlas import lineage, select

    known, places = lineage.graph(), {place.id: place.year for place in lineage_chart.draw().places}
    rows = {row["id"]: row["year"] for row in pages.rows()}
    chosen = select.select(SPECS, year="-1999")
    for name, spec in SPECS.items():
        assert {known.year(name), places[name], rows[name]} == {spec.year}, name
        assert (name in chosen) == (spec.year < 2000)
    assert "| `rbm` | 1986 |" in member_tables.members("generative")


def test_every_paper_keeps_the_year_of_its_venue():
    """What a reference and a BibTeX entry give is where the paper stands."""
    assert (SPECS["resnet"].year, SPECS["resnet"].paper.year) == (2015, 2016)
    assert cards.read("resnet").lenses["References"].startswith("1. He, Zhang, Ren, Sun (2016a)")
