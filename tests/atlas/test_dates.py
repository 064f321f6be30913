"""Dates by one rule: an idea's first public version, and beside it the paper that is built here."""

import re

import pytest

from nna import registry
from nna.atlas import attributions, cards, errata, glossary, guide
from nna.atlas.references import body
from nna.lab.blocks import catalog as blocks

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


# what was shown in the year of the paper, or is another idea than the architecture's own
OF_THE_PAPER = {("history", "mlp"), ("history", "flnn")}


def misdated(text: str) -> set[str]:
    """Architectures that a sentence names with their paper's year, and not with the idea's."""
    found = set()
    for sentence in re.split(r"(?<=[.;!?])\s+", re.sub(r"\[[^\]]*\](?!\()", "", text)):
        years = {int(year) for year in re.findall(r"(?<![\d.:/-])[12]\d{3}(?!\d)", sentence)}
        for name in LATER:
            alone = rf"`{name}`|(?<![\w-]){re.escape(SPECS[name].name)}(?![\w-])"
            if SPECS[name].paper.year in years and SPECS[name].year not in years:
                found |= {name} if re.search(alone, sentence, re.I) else set()
    return found


def test_misdated_architectures_are_found():
    assert misdated("In 1997 came a cell (`lstm`).") == {"lstm"}
    assert misdated("In 1995 came a cell (`lstm`), printed in 1997 [He 2016].") == set()


def test_chapters_errata_and_glossary_date_by_the_same_rule():
    texts = [(chapter.id, chapter.text.split("## Exercises")[0]) for chapter in guide.read()]
    texts += [(one.row, f"{one.right} {one.matters}") for one in errata.every()]
    texts += [(term.words[0], term.text) for term in glossary.read()]
    texts += [(one.name, f"{one.use} {one.limits}") for one in map(blocks.describe, blocks.names())]
    wrong = {(place, name) for place, text in texts for name in misdated(text)}
    assert wrong == OF_THE_PAPER


@pytest.mark.parametrize("name", SPECS)
def test_cards_date_by_the_same_rule_and_name_both_years_where_there_are_two(name):
    assert misdated(body(name)) == set()
    spec = SPECS[name]
    for year in {spec.year, spec.paper.year} if spec.since else ():
        assert re.search(rf"\b{year}[a-z]?\b", registry.card(name)), year


def test_specs_and_the_map_agree_with_the_table_of_originators():
    """No idea is older than its oldest part; the map tells whose the parts are."""
    from nna.app import lineage_chart

    firsts = {}
    for one in attributions.ATTRIBUTIONS:
        for name in one.about:
            firsts[name] = min(one.year, firsts.get(name, one.year))
    assert all(
        SPECS[name].year >= year or SPECS[name].since is None for name, year in firsts.items()
    )
    told = {place.id: place.origins for place in lineage_chart.draw().places}
    for name in SPECS:
        assert told[name] == tuple(f"{one.who} {one.year}" for one in attributions.about(name))
    assert told["neocognitron"] == ("Fukushima 1979",)


def _arxiv(number: str | None) -> str:
    return f"20{number[:2]}" if number else ""


def test_the_guide_states_the_rule():
    history = next(chapter.text for chapter in guide.read() if chapter.id == "history")
    assert "first public version" in history


def test_lists_map_and_lineage_go_by_the_idea():
    from nna.app import card_pages, lineage_chart, member_tables
    from nna.atlas import lineage, select

    known, places = lineage.graph(), {place.id: place.year for place in lineage_chart.draw().places}
    rows = {row["id"]: row["year"] for row in card_pages.rows()}
    chosen = select.select(SPECS, year="-1999")
    for name, spec in SPECS.items():
        assert {known.year(name), places[name], rows[name]} == {spec.year}, name
        assert (name in chosen) == (spec.year < 2000)
    assert "| `rbm` | 1986 |" in member_tables.members("generative")


def test_every_paper_keeps_the_year_of_its_venue():
    """What a reference and a BibTeX entry give is where the paper stands."""
    assert (SPECS["resnet"].year, SPECS["resnet"].paper.year) == (2015, 2016)
    assert cards.read("resnet").lenses["References"].startswith("1. He, Zhang, Ren, Sun (2016a)")
