"""The page of errata, and the way to it from cards and from the search."""

import json
import re

import pytest

from nna.app import errata as corrections, pages, search
from nna.atlas import errata
from nna.lab import catalog
from nna.lab.experiment import Experiment


def test_each_is_shown_once_within_its_topic():
    page = pages.render(pages.every()["errata.html"])
    rows = re.findall(r'<section class="claim" id="([^"]+)" data-only="([^"]+)"', page)
    assert len(dict(rows)) == len(rows)
    assert all(row.lower().startswith(f"{code}-") for row, code in rows)
    shown = {row for row, _ in rows}
    assert {erratum.row for erratum in errata.every()} < shown
    counts = map(int, re.findall(r'<span class="small">(\d+)</span></h2>', page))
    assert sum(counts) == len(rows)
    assert f"{len(rows)} sentences" in page


def test_checks_that_hold_are_no_errors():
    entries = [entry for group in corrections.gather([]) for entry in group.entries]
    computed = {entry.row for entry in entries if entry.by == "computed"}
    checks = [row for topic in catalog.topics() for row in catalog.checks(topic)]
    assert computed == {row.row for row in checks if row.verdict != "holds"}


def test_an_erratum_tells_whose_idea_it_is_from_the_table_of_originators():
    entries = {e.row: e for group in corrections.gather([]) for e in group.entries}
    assert [one.year for one in entries["HIST-13"].origins] == [1961, 1972, 1974]
    assert "Whose ideas: Steinbuch 1961" in pages.render(pages.every()["errata.html"])


def test_sources_are_links():
    page = pages.render(pages.every()["errata.html"])
    assert 'href="https://doi.org/10.1109/5.726791"' in page
    assert 'href="https://arxiv.org/abs/1512.03385"' in page
    assert 'href="https://www.jstor.org/stable/285702"' in page


@pytest.mark.slow
def test_a_card_names_what_is_often_said_wrongly():
    page = pages.render(pages.every()["card/lenet_1989.html"])
    assert '<h2 id="errata">Often said wrongly</h2>' in page
    assert 'href="../errata.html#HIST-14"' in page
    assert 'id="errata"' not in pages.render(pages.every()["card/kan.html"])


def test_the_search_of_the_pages_finds_them():
    entries = json.loads(search.index())["documents"]
    found = {entry[1]: entry for entry in entries if entry[0] == "erratum"}
    assert set(found) == {erratum.row for erratum in errata.every()}
    assert found["HIST-14"][2] == "errata.html#HIST-14"


def test_a_topic_of_the_laboratory_alone_stands_at_the_end():
    experiment = catalog.describe("exact_zeros")
    claim = next(claim for claim in experiment.claims if claim.rather)
    groups = corrections.gather([("exact_zeros", renamed(experiment, claim, "NEW-01"), {})])
    assert (groups[-1].code, groups[-1].title) == ("new", "NEW")
    assert groups[-1].entries[0].verdict == "not measured"


def test_claims_that_hold_are_no_errors_whatever_else_is_said_of_them():
    experiment = catalog.describe("exact_zeros")
    claims = {claim.row: "holds" for claim in experiment.claims}
    entries = [
        e for g in corrections.gather([("exact_zeros", experiment, claims)]) for e in g.entries
    ]
    assert not [entry for entry in entries if entry.by == "measured"]


def renamed(experiment: Experiment, claim, row: str) -> Experiment:
    from dataclasses import replace

    return replace(experiment, claims=(replace(claim, row=row),))
