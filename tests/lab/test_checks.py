import json
import subprocess
import sys

import pytest

from nna import cli
from nna.lab import catalog, check, report
from nna.lab.blocks import panels

ROWS = [row for topic in catalog.topics() for row in catalog.checks(topic)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row)
def test_the_verdict_is_the_computed_one_and_what_is_right_is_true(row):
    facts = check.compute(row)
    assert {fact.kind for fact in facts} & {"text"}
    assert not [fact.says for fact in facts if fact.kind == "right" and not fact.true]
    assert check.conclude(facts) == row.verdict
    assert check.compute(row) == facts


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row)
def test_a_row_can_be_asked_for_and_is_whole(row):
    assert catalog.checks(row.row.lower()) == (row,)
    assert row.says.endswith(".")
    assert row.right.endswith(".")
    assert row.source


@pytest.mark.parametrize("row", [row for row in ROWS if row.figure], ids=lambda row: row.row)
def test_a_figure_is_labelled_and_the_same_every_time(row):
    drawn = check.draw(row)
    assert all(axis.get_xlabel() and axis.get_title() for axis in drawn.axes)
    assert panels.image(drawn, "svg") == panels.image(check.draw(row), "svg")


def test_a_row_without_figure_draws_none():
    with pytest.raises(ValueError, match="CNN-01 has no figure"):
        check.draw(catalog.checks("CNN-01")[0])


def test_ids_are_unique():
    assert len({row.row for row in ROWS}) == len(ROWS)
    assert not set(catalog.names()) & set(catalog.topics())


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ([check.text("", True)], "holds"),
        ([check.text("", True), check.limit("", True), check.right("", True)], "holds"),
        ([check.text("", True), check.limit("", False)], "holds with limits"),
        ([check.text("", True), check.text("", False), check.limit("", True)], "fails"),
        ([check.text("", True), check.right("", False)], "undecided"),
        ([check.limit("", True), check.right("", True)], "undecided"),
    ],
)
def test_verdicts_follow_the_facts(facts, verdict):
    assert check.conclude(facts) == verdict


def test_the_random_numbers_of_the_caller_stay():
    import torch

    before = torch.random.get_rng_state()
    check.compute(catalog.checks("CNN-01")[0])
    assert torch.equal(torch.random.get_rng_state(), before)


def test_listing_and_showing_import_no_torch():
    code = (
        "import sys; from nna.lab import catalog; [catalog.checks(t) for t in catalog.topics()]; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_list_show_and_run(toy_topic, capsys):
    def nna(*words: str) -> tuple[int, str, str]:
        status, said = cli.run(["lab", *words]), capsys.readouterr()
        return status, said.out, said.err

    assert "TOY_TOPIC-3" in nna("list")[1]
    listed = json.loads(nna("list", "--json")[1])
    assert [row["verdict"] for row in listed] == [None, None, "fails", "fails"]
    assert "Peano" in nna("show", "toy_topic-3")[1]
    assert [row["row"] for row in json.loads(nna("show", "toy_topic", "--json")[1])] == [
        "TOY_TOPIC-3",
        "TOY_TOPIC-4",
    ]

    status, out, _ = nna("run", "TOY_TOPIC-3")
    assert status == 0
    assert "One is <two>. FAILS" in out
    status, out, err = nna("run", "toy_topic", "--json")
    assert (status, err.count("\n")) == (1, 1)
    assert "TOY_TOPIC-4" in err
    assert [row["verdict"] for row in json.loads(out)] == ["fails", "holds with limits"]
    assert nna("run", "toy_topic", "--quick")[0] == 2
    every = json.loads(nna("run", "--all", "--quick", "--jobs", "1", "--json")[1])
    assert every[0]["experiment"] == "toy"
    assert [claim["row"] for claim in every[0]["claims"]] == ["TOY-1", "TOY-2"]
    assert [row["row"] for row in every[1:]] == ["TOY_TOPIC-3", "TOY_TOPIC-4"]


@pytest.mark.parametrize("name", ["toy_topic-9", "toy_topicc"])
def test_an_unknown_row_is_one_clear_line(toy_topic, capsys, name):
    assert cli.run(["lab", "show", name]) == 2
    assert "no experiment" in capsys.readouterr().err


def test_the_report_shows_them(toy_topic):
    page = report.page()
    assert page.count("One is &lt;two&gt;.") == 2
    assert page.count(">holds with limits<") == 2
    assert "nna lab run toy_topic" in page
