"""`make test-all` goes on where it was cut off, and never leaves out what failed or has changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest, pathlib
@pytest.mark.parametrize("n", range(4))
def test_it(n):
    with pathlib.Path({ran!r}).open("a") as file:
        file.write(f"{{n}} ")
    assert n != 2 or pathlib.Path({mended!r}).exists()
"""


@pytest.fixture
def run(tmp_path):
    """A copy of the plugin beside four tests of which the third fails until a file is there."""
    for part in ("tools", "tests", "src", "docs/measured"):
        (tmp_path / part).mkdir(parents=True)
    source = (ROOT / "tools" / "resumable.py").read_text(encoding="utf-8")
    (tmp_path / "tools" / "resumable.py").write_text(source, encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("")
    ran, mended = tmp_path / "ran", tmp_path / "mended"
    file = tmp_path / "tests" / "test_four.py"
    file.write_text(TESTS.format(ran=str(ran), mended=str(mended)))

    def run(*options: str) -> tuple[list[int], str]:
        ran.write_text("")
        command = [
            sys.executable,
            "-B",
            "-m",
            "pytest",
            "-q",
            "-p",
            "resumable",
            *options,
            str(file),
        ]
        told = subprocess.run(
            [*command, "-p", "no:jaxtyping", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"],
            env={"PYTHONPATH": str(tmp_path / "tools"), "PATH": ""},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return sorted(map(int, ran.read_text().split())), told.stdout

    return run, tmp_path


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_only_what_failed_runs_again(run, options):
    run, folder = run
    first, told = run(*options)
    assert first == [0, 1, 2, 3], told
    page = folder / "docs/measured/test-all.md"
    assert "3 passed, 1 failed" in page.read_text()
    assert "test_it[2]" in page.read_text()
    (folder / "mended").touch()
    assert run(*options)[0] == [2]
    assert "4 passed, 0 failed" in page.read_text()
    assert run(*options)[0] == []
    assert "4 passed, 0 failed" in page.read_text()


def test_changed_source_runs_whole(run):
    run, folder = run
    run()
    (folder / "src" / "a.py").write_text("x = 1")
    assert run()[0] == [0, 1, 2, 3]


def test_a_line_cut_off_in_the_middle_counts_as_not_written(run):
    run, folder = run
    run()
    journal = folder / "build" / "test-all.jsonl"
    *whole, last = journal.read_text().splitlines()
    journal.write_text("\n".join([*whole, last[: len(last) // 2]]))
    assert run()[0] == [2, json.loads(last)["test"].endswith("[3]") and 3]


def test_costs_are_printed_and_nothing_is_stored(run):
    run, folder = run
    ran, told = run("--costs")
    assert ran == [0, 1, 2, 3]
    assert "processor seconds by folders" in told
    assert not (folder / "build").exists()
