import json

import pytest
import typer
from typer.testing import CliRunner

from nna.cli import lab
from nna.errors import UserError
from nna.lab import record, run


@pytest.fixture
def nna():
    """The laboratory's part of the command line."""
    app = typer.Typer()
    app.callback()(lambda: None)
    lab.register(app)
    return lambda *words: CliRunner().invoke(app, ["lab", *words], catch_exceptions=True)


def test_run_list_and_show(toy, nna):
    listed = json.loads(nna("list", "--json").stdout)
    assert [row["verdict"] for row in listed] == [None, None]
    assert json.loads(nna("show", "toy", "--json").stdout)["result"] is None

    done = nna("run", "toy", "--jobs", "1")
    assert done.exit_code == 0, done.output
    assert "holds with limits" in done.stdout
    assert (record.OWN / "toy" / record.FIGURE).is_file()

    listed = json.loads(nna("list", "--json").stdout)
    assert [row["verdict"] for row in listed] == ["holds with limits", "fails"]
    shown = json.loads(nna("show", "toy", "--json").stdout)
    assert len(shown["result"]["measured"]) == 6
    text = nna("show", "toy").stdout
    for word in ("TOY-2", "Somebody else (1901)", "at most 0.1", "refuted", "6 of 6 seeds", "your"):
        assert word in text, word


def test_the_shipped_result_is_shown_where_there_is_no_own(toy, nna):
    assert nna("run", "toy", "--store", "--jobs", "1").exit_code == 0
    (record.OWN / "toy" / record.FILE).unlink()
    assert "maintainers" in nna("show", "toy").stdout
    toy.write_text(toy.read_text() + "\n# changed\n")
    assert "changed since" in nna("show", "toy").stdout


def test_all_quick_and_report(toy, nna, tmp_path):
    assert nna("run", "--all", "--quick", "--jobs", "1").exit_code == 0
    assert record.read(run.folder("toy", True)) is not None
    assert nna("report").exit_code == 0
    assert "not measured" in (record.OWN / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "tyo"), "no experiment 'tyo'; did you mean toy"),
        (("run", "tyo"), "did you mean toy"),
        (("run",), "name one experiment, or give --all"),
        (("run", "toy", "--all"), "name one experiment, or give --all"),
        (("run", "toy", "--seeds", "0"), "at least one seed"),
        (("run", "toy", "--jobs", "0"), "at least one process"),
        (("run", "toy", "--quick", "--store"), "leave out --quick"),
    ],
)
def test_bad_requests_are_one_clear_line_and_write_nothing(toy, nna, words, message):
    result = nna(*words)
    assert isinstance(result.exception, UserError)
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not record.OWN.exists()


def test_an_interrupted_run_says_how_to_go_on(toy, nna, monkeypatch):
    real = run.measure

    def measure(name, seed, quick):
        if seed == 3:
            raise KeyboardInterrupt
        return real(name, seed, quick)

    monkeypatch.setattr(run, "measure", measure)
    result = nna("run", "toy", "--jobs", "1")
    assert result.exit_code == 130
    assert "the same command goes on" in result.stderr
    half = record.read(record.OWN / "toy")
    assert half is not None
    assert half.missing == (3, 4, 5)
