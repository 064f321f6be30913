"""`nna list` and `nna tree`: at once, filtered, in three forms."""

import json
import subprocess
import sys

import pytest

from nna import registry
from nna.atlas import catalogue, select
from nna.cli import commands

KEYS = {"id", "name", "year", "family", "parameters", "multiply_adds", "tasks", "ports", "idea"}


def ids(answer) -> set[str]:
    return {row["id"] for row in answer.json()}


def test_it_loads_no_framework_at_all():
    code = (
        "import sys; from nna.cli import run; status = run(['list', '--json'])\n"
        "heavy = {'torch', 'numpy', 'pandas', 'sklearn', 'typer', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loads {heavy}' if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_it_lists_everything_that_can_be_described(nna):
    rows = nna("list", "--json").json()
    specs = catalogue.read().specs
    assert [row["id"] for row in rows] == sorted(specs)
    assert all(row.keys() == KEYS for row in rows)
    assert {row["id"]: row["parameters"] for row in rows} == {
        name: spec.variants["desk"].params for name, spec in specs.items()
    }


def test_each_architecture_stands_in_one_family(nna):
    found = [ids(nna("list", "--json", "--family", family)) for family in catalogue.families()]
    assert set().union(*found) == set(catalogue.read().specs)
    assert sum(map(len, found)) == len(catalogue.read().specs)
    assert "resnet" in ids(nna("list", "--json", "--family=convolutional"))


@pytest.mark.parametrize("task", select.tasks())
def test_by_task(nna, task):
    fit = {name for name, spec in catalogue.read().specs.items() if spec.does(task)}
    assert ids(nna("list", "--json", "--task", task)) == fit


def test_by_port_of_what_goes_in_or_comes_out(nna):
    assert {"resnet"} <= ids(nna("list", "--json", "--port", "image"))
    assert "mlp" not in ids(nna("list", "--json", "--port", "image"))
    assert {"mlp", "resnet"} <= ids(nna("list", "--json", "--port", "scores"))


@pytest.mark.parametrize(
    ("span", "inside"),
    [
        ("2015", True),
        ("2015-2015", True),
        ("2000-", True),
        ("-2015", True),
        ("1980-1999", False),
        ("-2014", False),
        ("2016-", False),
    ],
)
def test_by_year(nna, span, inside):
    assert ("resnet" in ids(nna("list", "--json", "--year", span))) is inside


def test_filters_narrow_each_other(nna):
    both = ids(nna("list", "--json", "--family", "feedforward", "--year", "1950-1969"))
    assert "perceptron" in both
    assert "mlp" not in both


def test_nothing_found_is_said(nna):
    assert nna("list", "--year", "1066").out == "no architecture fits these filters\n"
    assert nna("list", "--year", "1066", "--json").json() == []


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--family", "recurent", "no family 'recurent'; did you mean recurrent?"),
        ("--family", "zzz", "no family 'zzz'; there are: autoencoders,"),
        ("--task", "clasification", "did you mean classification"),
        ("--port", "imag", "did you mean image?"),
        ("--year", "1999-1980", "the span ends before it begins"),
        ("--year", "last", "give a year (1998) or a span"),
        ("--year", "-", "give a year"),
        ("--year", "19981999", "give a year"),
    ],
)
def test_unknown_filters_get_one_line(nna, option, value, said):
    assert said in nna("list", option, value).complaint()


@pytest.mark.parametrize(
    "options",
    [[], ["--json"], ["--family", "recurrent"], ["--year=1980-1999", "--port=image", "--json"]],
)
def test_the_framework_gives_the_same_answer(nna, capsys, options):
    quick = nna("list", *options)
    assert commands.invoke(["list", *options]) == 0
    assert capsys.readouterr().out == quick.out


def test_a_pipe_gets_one_whole_line_a_row(nna):
    lines = nna("list").out.splitlines()
    specs = catalogue.read().specs
    assert len(lines) == 1 + len(specs)
    for line, (name, spec) in zip(lines[1:], sorted(specs.items()), strict=True):
        assert line.startswith(name)
        assert spec.name in line
        assert line.endswith(spec.idea)


@pytest.mark.parametrize("columns", ["40", "120", "200"])
def test_a_terminal_of_any_width_gets_whole_names(nna, monkeypatch, columns):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", columns)
    out = nna("list").out
    for name, spec in catalogue.read().specs.items():
        assert name in out
        assert spec.name in out


def test_a_terminal_without_colour_gets_none(nna, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    assert "\x1b[3" not in nna("list").out


def test_one_broken_folder_hides_only_itself(nna, monkeypatch):
    def describe(name, real=registry.describe):
        if name == "mlp":
            raise SyntaxError("half\nwritten")
        return real(name)

    monkeypatch.setattr(registry, "describe", describe)
    answer = nna("list", "--json")
    assert "mlp" not in ids(answer)
    assert "resnet" in ids(answer)
    assert "nna: mlp is left out, its description can't be read: SyntaxError: half written" in (
        answer.err.splitlines()
    )


def test_the_tree_runs_from_old_to_new_in_each_family(nna):
    grown = nna("tree", "--json").json()
    assert [*grown] == [*catalogue.families()]
    for family, entries in grown.items():
        assert all(registry.family(entry["id"]) == family for entry in entries)
        years = [entry["year"] for entry in entries]
        assert years == sorted(years)
    assert {entry["id"] for entries in grown.values() for entry in entries} == {
        *catalogue.read().specs
    }


def test_the_tree_in_words(nna):
    out = nna("tree").out
    assert out.index("\nconvolutional\n") < out.index("2015  resnet") < out.index("\nfeedforward\n")
