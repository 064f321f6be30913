import json

import pytest

from nna import cli
from nna.lab import catalog, record, run


@pytest.fixture
def nna(capsys):
    """Run `nna lab ...`: exit status, what it prints, what it prints to stderr."""

    def call(*words):
        status = cli.run(["lab", *words])
        return status, *capsys.readouterr()

    return call


def test_run_list_and_show(toy, nna):
    listed = json.loads(nna("list", "--json")[1])
    assert [row["verdict"] for row in listed] == [None, None]
    assert json.loads(nna("show", "toy", "--json")[1])["result"] is None

    status, out, _ = nna("run", "toy", "--jobs", "1")
    assert status == 0
    assert "HOLDS WITH LIMITS" in out
    assert (record.OWN / "toy" / record.FIGURE).is_file()

    listed = json.loads(nna("list", "--json")[1])
    assert [row["verdict"] for row in listed] == ["holds with limits", "fails"]
    assert (
        "\n2 rows: holds with limits 1, fails 1; one of them: nna lab show TOY-1" in nna("list")[1]
    )
    assert nna("list", "Toy") == nna("list")
    shown = json.loads(nna("show", "toy", "--json")[1])
    assert len(shown["result"]["first"]["measured"]) == 10
    assert [claim["scope"] for claim in shown["result"]["claims"]] == ["on noise"] * 2
    text = nna("show", "toy")[1]
    for word in (
        "TOY-2",
        "rather: It always is",
        "Somebody else (1901)",
        "at most 0.1 of the runs",
        "HOLDS WITH LIMITS ON NOISE",
        "FAILS ON NOISE",
        "confirmation",
        "on other noise",
        "at least 5 points",
        "about 0.1 minutes",
        "refuted",
        "10 of 10 seeds from 1000",
        "your",
    ):
        assert word in text, word


def test_the_shipped_result_is_shown_where_there_is_no_own(toy, nna, rewrite):
    assert nna("run", "toy", "--store", "--jobs", "1")[0] == 0
    assert not record.OWN.exists()
    assert nna("run", "toy", "--jobs", "1")[0] == 0
    rewrite("It always is", "Always")
    assert "changed since" not in nna("show", "toy")[1]
    rewrite("3 + noise", "4 + noise")
    assert "changed since" in nna("show", "toy")[1]
    (record.OWN / "toy" / "first.json").unlink()
    assert "maintainers" in nna("show", "toy")[1]


def test_all_quick_and_report(toy, nna):
    status, out, _ = nna("run", "--all", "--quick", "--jobs", "1")
    assert status == 0
    assert out.count("DECIDES NOTHING (THE QUICK FORM)") == 2
    for verdict in ("HOLDS", "FAILS", "UNDECIDED", "SMALLER"):
        assert verdict not in out
    assert record.read(run.folder("toy", True)) is not None
    assert nna("report")[0] == 0
    assert "not measured" in (record.OWN / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "meant"),
    [("FF-03", "xor"), ("ff-3", "xor"), ("cnn-1", "CNN-01"), ("xor", "xor"), ("FF-99", "FF-99")],
)
def test_a_row_stands_for_what_tries_it(said, meant):
    assert catalog.meant(said) == meant


def test_a_check_names_the_experiment_that_measures_its_row_too(nna):
    assert "what of it is measured: nna lab show separable" in nna("show", "CNN-29")[1]
    assert "what of it is measured" not in nna("show", "CNN-25")[1]


def test_a_claim_is_shown_by_its_row(nna):
    assert nna("show", "ff-3") == nna("show", "xor")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("list", "tyo"), "no topic 'tyo'; did you mean toy"),
        (("show", "tyo"), "no experiment 'tyo'; did you mean toy"),
        (("run", "tyo"), "did you mean toy"),
        (("run",), "name one experiment, or give --all"),
        (("run", "toy", "--all"), "name one experiment, or give --all"),
        (("run", "toy", "--seeds", "0"), "at least one seed"),
        (("run", "toy", "--jobs", "0"), "at least one process"),
        (("run", "toy", "--quick", "--store"), "leave out --quick"),
        (("run", "toy", "--seeds", "many"), "--seeds"),
        (("run", "toy", "--part", "bad"), "no part 'bad'; did you mean bed"),
        (("run", "toy", "--quick", "--part", "bed"), "leave out --part"),
    ],
)
def test_bad_requests_are_one_clear_line_and_write_nothing(toy, nna, words, message):
    status, out, line = nna(*words)
    assert (status, out, line.count("\n")) == (2, "", 1)
    assert line.startswith("nna: ")
    assert message in line
    assert not record.OWN.exists()


def test_a_report_that_cannot_be_written_is_one_clear_line(toy, nna):
    (toy.parent / "file").write_text("")
    status, _, line = nna("report", "--out", str(toy.parent / "file" / "report.html"))
    assert (status, line.count("\n")) == (2, 1)
    assert "can't write" in line


def test_an_interrupted_run_says_how_to_go_on(toy, nna, monkeypatch):
    real = run.measure

    def measure(name, seed, quick, part):
        if seed == 3:
            raise KeyboardInterrupt
        return real(name, seed, quick, part)

    monkeypatch.setattr(run, "measure", measure)
    status, _, err = nna("run", "toy", "--jobs", "1")
    assert status == 130
    assert "the same command goes on" in err
    half = record.read(record.OWN / "toy")
    assert half is not None
    assert half.missing == tuple(range(3, 10))


def test_a_result_that_cannot_be_read_hides_only_its_own_verdicts(toy, nna):
    (record.OWN / "toy").mkdir(parents=True)
    (record.OWN / "toy" / "first.json").write_text("{")
    status, out, err = nna("list", "--json")
    assert status == 0
    assert {row["verdict"] for row in json.loads(out)} == {"unreadable"}
    assert "measure anew: nna lab run toy --fresh" in err


def test_the_figure_of_a_claim_or_an_experiment_is_written_for_a_page_or_a_slide(
    toy, nna, tmp_path
):
    from PIL import Image

    assert "not measured yet" in nna("show", "toy", "--figure")[2]
    assert nna("run", "toy", "--jobs", "1")[0] == 0
    assert "TOY-1: New is better" not in nna("show", "toy", "--figure")[1]
    claim = nna("show", "toy-1", "--figure")[1]
    assert claim.startswith("<?xml")
    assert nna("show", "toy-2", "--figure")[1] != claim
    slide, page = tmp_path / "slide.png", tmp_path / "page.svg"
    assert nna("show", "TOY-1", "--figure", "--out", str(slide))[0] == 0
    with Image.open(slide) as picture:
        assert picture.width >= 1600  # 820 pixels wide where it is read, twice that on a wall
    told = json.loads(nna("show", "TOY-1", "--figure", "--out", str(page), "--json")[1])
    assert told == {"id": "TOY-1", "path": str(page)}
    assert page.read_text(encoding="utf-8") == claim.rstrip("\n") + "\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--figure", "--out", "a.pdf"), "--out a.pdf: a name that ends in .svg or .png"),
        (("--out", "a.svg"), "add --figure"),
        (("--figure", "--out", "kept.svg/a.svg"), "can't write"),
    ],
)
def test_a_figure_that_cannot_be_written_is_said_in_a_line(toy, nna, words, says):
    assert nna("run", "toy", "--jobs", "1")[0] == 0
    record.replace(record.OWN / "kept.svg", "")
    words = [w.replace("kept.svg", str(record.OWN / "kept.svg")) for w in words]
    status, _, err = nna("show", "TOY-1", *words)
    assert status
    assert says in err
    assert "Traceback" not in err
