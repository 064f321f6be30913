"""What texts keep saying wrongly: the form of the entries, and that the laboratory decides none."""

import re
from pathlib import Path

import pytest

from nna import registry
from nna.atlas import attributions, errata
from nna.lab import catalog

WHOLE = """
title = "History"

[[erratum]]
row = "HIST-01"
says = "Cats invented the perceptron."
right = \"\"\"\\
Rosenblatt \\
did.\"\"\"
matters = "Cats can't write."
sources = [
  "Rosenblatt (1958), The Perceptron, doi:10.1037/h0042519",
  "`nna show perceptron`",
]
about = ["perceptron"]
"""


def parsed(tmp_path, text):
    path = tmp_path / "01-hist.toml"
    path.write_text(text)
    return errata.parse(path)


def test_an_entry_in_all_its_parts(tmp_path):
    topic = parsed(tmp_path, WHOLE)
    (erratum,) = topic.errata
    assert (topic.code, topic.title) == ("hist", "History")
    assert (erratum.row, erratum.about) == ("HIST-01", ("perceptron",))
    assert erratum.right == "Rosenblatt did."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('row = "HIST-01"\n', "", "missing 1 required keyword-only argument: 'row'"),
        ("HIST-01", "CNN-01", "'CNN-01' is no row of the topic hist"),
        ("Cats can't write.", "Cats can't write", "HIST-01: a sentence on one line"),
        ("Cats can't write.", "Cats\\ncan't.", "HIST-01: a sentence on one line"),
        ("doi:10.1037/h0042519", "1958", "HIST-01: a source says where to look it up"),
        ('  "Rosenblatt (1958), The Perceptron, doi:10.1037/h0042519",', "", "from two hands"),
        ("`nna show perceptron`", "Rosenblatt (1962), doi:10.1037/1", "from two hands"),
        ('about = ["perceptron"]', 'alone = "It is."', "why there is one; not both"),
        ("matters", "why", "unexpected keyword argument 'why'"),
        ('title = "History"', "", "'title'"),
        ("[[erratum]]", "[[erratum]", "Expected"),
    ],
)
def test_what_is_no_entry_is_told_with_its_file(tmp_path, old, new, said):
    assert old in WHOLE
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        parsed(tmp_path, WHOLE.replace(old, new))
    assert str(caught.value).startswith("01-hist.toml: ")


def test_ours_are_many_and_each_row_stands_once():
    rows = [erratum.row for erratum in errata.every()]
    assert len(rows) > 50
    assert len(set(rows)) == len(rows)
    says = [erratum.says for erratum in errata.every()]
    assert len(set(says)) == len(says)


@pytest.mark.parametrize("erratum", errata.every(), ids=lambda erratum: erratum.row)
def test_its_works_have_a_year_and_what_it_is_about_exists(erratum):
    works = [source for source in erratum.sources if not source.startswith("`nna ")]
    assert all(re.search(r"\((18|19|20)\d\d\)|, https://", work) for work in works)
    assert set(erratum.about) <= set(registry.names())
    for command in re.findall(r"`nna (?:verify|show|lineage) (\w+)`", " ".join(erratum.sources)):
        assert command in registry.names()


def test_an_entry_from_one_hand_says_why(tmp_path):
    one = WHOLE.replace('  "`nna show perceptron`",\n', "").replace(
        "about", 'alone = "The report has been lost."\nabout'
    )
    assert parsed(tmp_path, one).errata[0].alone == "The report has been lost."


def test_few_of_ours_are_from_one_hand():
    alone = [erratum.row for erratum in errata.every() if erratum.alone]
    assert len(alone) <= 6 < len(errata.every()) / 10


def test_what_the_laboratory_decides_is_told_there_alone():
    decided = {row.row for topic in catalog.topics() for row in catalog.checks(topic)}
    decided |= {claim.row for name in catalog.names() for claim in catalog.describe(name).claims}
    assert not decided & {erratum.row for erratum in errata.every()}


def test_every_topic_of_the_laboratory_has_its_title_here():
    assert set(catalog.topics()) <= {topic.code for topic in errata.read()}


def test_those_about_an_architecture():
    assert [erratum.row for erratum in errata.about("lenet5")] == ["HIST-14", "HW-23"]
    assert errata.about("kan") == ()


def test_arithmetic_in_the_entries():
    weights = {layers: 12 * layers * 12_288**2 for layers in (96, 48)}
    assert {layers: round(count / 1e9) for layers, count in weights.items()} == {96: 174, 48: 87}
    assert (560 * 8, 420 * 8) == (4480, 3360)
    gpt2 = registry.describe("gpt2").variants
    assert max(variant.config.layers for variant in gpt2.values()) == 48


def test_dates_and_descent_of_the_families_form_no_chain():
    """HIST-25."""
    from nna.atlas import lineage

    year = {name: registry.describe(name).year for name in registry.names()}
    assert year["som"] == year["hopfield"] == 1982
    assert (
        year["boltzmann_machine"]
        == 1983
        < year["cnn1d"]
        == 1987
        < year["lenet_1989"]
        < year["gan"]
        == 2014
    )
    assert lineage.graph().parents["som"] == ()


BY_ROW = {erratum.row: erratum for erratum in errata.every()}


@pytest.mark.parametrize("one", attributions.ATTRIBUTIONS, ids=lambda one: f"{one.who} {one.year}")
def test_an_originator_is_named_in_the_errata_that_turn_on_the_idea(one):
    """And no erratum about the same architectures names somebody whom the table has without it."""
    for row in one.errata:
        told = BY_ROW[row]
        assert one.who in f"{told.right} {told.matters} {' '.join(told.sources)}"
        assert set(one.about) & set(told.about)
    speaking = {
        told.row
        for told in errata.every()
        if set(told.about) & set(one.about) and re.search(rf"\b{one.who}\b", told.right)
    }
    assert speaking <= {
        row for same in attributions.ATTRIBUTIONS if same.who == one.who for row in same.errata
    }


OTHERS = {("LM-28", "transformer")}  # of the Vision Transformer, which is another


def test_an_erratum_is_about_the_architectures_that_it_names():
    """So that their cards warn of it."""
    alone = {
        name: re.compile(rf"(?<![\w-]){re.escape(registry.describe(name).name)}(?![\w-])")
        for name in registry.names()
    }
    named = {(e.row, name) for e in errata.every() for name in alone if alone[name].search(e.says)}
    known = {(told.row, name) for told in errata.every() for name in told.about}
    assert named - known == OTHERS


def test_the_table_tells_whose_ideas_an_erratum_is_about():
    assert [one.who for one in attributions.told_by("HIST-13")] == ["Steinbuch", "Amari", "Little"]
    assert attributions.told_by("HW-03") == ()


def test_what_was_read_for_each_is_told_and_nothing_rests_on_knowledge():
    text = (Path(__file__).parents[2] / "docs" / "audit-errata.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"(?m)^\| ([A-Z]+-\d\d) \| (.+) \|$", text))
    assert {*told} == {erratum.row for erratum in errata.every()}
    for row, sides in told.items():
        assert len([side for side in sides.split(" | ") if side.strip()]) == 2, row
        assert "knowledge" not in sides, row
