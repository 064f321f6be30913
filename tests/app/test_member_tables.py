"""Tables in chapters are filled from what architectures declare."""

import re

import pytest

from nna import registry
from nna.app import member_tables, pages
from nna.atlas import catalogue, guide


def test_the_members_of_a_family_stand_by_year_with_their_idea():
    lines = member_tables.fill("before\n\n{members:hybrid}\n\nafter").split("\n")
    own = [name for name in registry.names() if registry.family(name) == "hybrid"]
    assert (lines[0], lines[-1]) == ("before", "after")
    rows = [line for line in lines if line.startswith("| `")]
    assert {row.split("`")[1] for row in rows} == set(own)
    years = [int(row.split("|")[2]) for row in rows]
    assert years == sorted(years)
    spec = registry.describe("gcn")
    assert any(spec.idea in row and f"{spec.variants['desk'].params:,}" in row for row in rows)


def test_every_family_and_architecture_is_counted():
    rows = member_tables.families().split("\n")[2:]
    assert [row.split("|")[1].strip() for row in rows] == list(catalogue.families())
    assert sum(int(row.split("|")[2]) for row in rows) == len(registry.names())


def test_whose_ideas_they_are_stands_in_the_history_and_on_the_cards():
    from nna.atlas import attributions

    history = next(chapter.text for chapter in guide.read() if chapter.id == "history")
    table = member_tables.fill(history)
    assert "{origins}" not in table
    for one in attributions.ATTRIBUTIONS:
        assert f"| {one.year} | {one.who} | {one.idea} |" in table
    years = [one.year for one in attributions.about("elm")]
    assert years == sorted(years) == [1992, 1992, 2001]


def test_a_family_that_there_is_not_is_an_error():
    with pytest.raises(ValueError, match="no family"):
        member_tables.fill("{members:nonesuch}")


@pytest.mark.parametrize(
    "chapter",
    [chapter for chapter in guide.read() if "{" in chapter.text],
    ids=lambda chapter: chapter.id,
)
def test_the_tables_of_a_chapter_are_filled(chapter):
    filled = member_tables.fill(chapter.text)
    assert "{members" not in filled
    assert "{families" not in filled


@pytest.mark.slow
def test_a_page_shows_its_table_with_names_that_lead_to_cards():
    page = pages.render(pages.every()["guide/hybrid.html"])
    assert re.search(r'<td><a href="../card/gcn.html" class="name"><code>gcn</code></a></td>', page)


def test_signs_in_an_idea_stay_as_they_are():
    assert member_tables._plain("a_b | c * d") == r"a\_b \| c \* d"
