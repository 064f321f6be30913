"""The frame: help, version, and one clear line for whatever a user can mend."""

import errno
import os
import re
import subprocess
import sys

import pytest

from nna import cli
from nna.cli import commands
from nna.errors import UserError

GROUPS = {
    "Read": ("guide", "list", "show", "tree", "lineage", "diff", "search"),
    "Data": ("data",),
    "Decide": ("recommend", "compare", "tune"),
    "Learn": ("train", "evaluate", "predict", "resume", "explain"),
    "Trust": ("verify", "doctor", "family"),
    "Lab": ("lab",),
}


def test_help_is_a_table_of_contents(nna):
    page = nna("--help")
    assert page.status == 0
    titles = re.findall(r"^╭─ (\w+) ─", page.out, re.M)
    assert titles == ["Options", *GROUPS]
    for title, names in GROUPS.items():
        panel = page.out.split(f"─ {title} ─")[1].split("╰")[0]
        assert [*re.findall(r"^│ (\w+)  ", panel, re.M)][: len(names)] == [*names]


def test_the_table_of_modules_names_what_each_registers():
    named = [name for names in commands.GROUPS.values() for name in names]
    assert sorted(commands.build().commands) == sorted(named)
    for names in commands.GROUPS.values():
        for name in names:
            assert sorted(commands.build(name).commands) == sorted(names)


def test_help_names_the_commands_inside_groups(nna):
    assert "list, show, profile." in nna("--help").out
    assert "list, show, run, report." in nna("--help").out


@pytest.mark.parametrize("path", [(), ("data",), ("lab",)])
def test_a_group_alone_shows_its_help(nna, path):
    assert nna(*path) == nna(*path, "--help")
    assert nna(*path).status == 0


def test_version(nna):
    assert re.fullmatch(r"nna \d+\.\d+\.\d+\n", nna("--version").out)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["lst"], "no command 'nna lst'; did you mean list?"),
        (["xyzzy"], "no command 'nna xyzzy'; see `nna --help`"),
        (["data", "lits"], "no command 'nna data lits'; did you mean list?"),
        (["list", "--famly", "x"], "nna list has no option --famly; did you mean --family?"),
        (["--verson"], "nna has no option --verson; did you mean --version?"),
        (["show"], "nna show: missing argument"),
        (["list", "--family"], "nna list: option '--family' requires an argument"),
        (["tree", "spurious"], "unexpected extra argument"),
        (["search", "x", "--limit", "ten"], "--limit"),
        (["search", "x", "--limit", "0"], "ask for one result at least"),
    ],
)
def test_what_is_typed_wrong_gets_one_line(nna, typed, said):
    assert said in nna(*typed).complaint()


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UserError("two\nlines"), 2, "two lines"),
        (OSError(errno.ENOSPC, "No space left", "/runs/x"), 2, "/runs/x: the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/etc/x"), 2, "/etc/x: no permission"),
        (FileNotFoundError(errno.ENOENT, "No such file", "a.csv"), 2, "a.csv: no such file"),
        (OSError(errno.EIO, "Input/output error"), 2, "Input/output error"),
        (OSError("said in words"), 2, "said in words"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_what_a_user_can_mend_is_one_line(nna, monkeypatch, error, status, said):
    def fail(arguments):
        raise error

    monkeypatch.setattr(commands, "invoke", fail)
    answer = nna("tree")
    assert (answer.status, answer.out) == (status, "")
    (line,) = answer.err.splitlines()
    assert line.startswith(f"nna: {said}")


def test_a_mistake_of_ours_is_not_hidden(monkeypatch):
    def fail(arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(commands, "invoke", fail)
    with pytest.raises(ZeroDivisionError):
        cli.run(["tree"])


def _program(*arguments: str, **options) -> subprocess.Popen[str]:
    buffered = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "nna", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=buffered, **options)


def test_a_reader_that_leaves_early_is_no_fault():
    read, write = os.pipe()
    os.close(read)  # nobody reads what it prints
    process = _program("show", "som", stdout=write)
    os.close(write)
    assert process.communicate()[1] == ""
    assert process.returncode == 141


def test_output_that_cannot_be_written_is_one_line(tmp_path):
    # a file opened for reading refuses what is printed, as a full disk would, only later
    path = tmp_path / "kept"
    path.write_text("as it was")
    with path.open() as file:
        process = _program("show", "resnet", "--bibtex", stdout=file)
        err = process.communicate()[1]
    assert process.returncode == 2
    assert len(err.splitlines()) == 1
    assert err.startswith("nna: ")
    assert path.read_text() == "as it was"


def test_the_program_says_its_exit_status():
    process = _program("show", "resnt", stdout=subprocess.PIPE)
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert "did you mean resnet" in err
