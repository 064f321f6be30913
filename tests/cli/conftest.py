"""The command line, run in this process, with what it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from nna import cli


class Answer(NamedTuple):
    """What a command gave."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed, read as JSON."""
        assert self.status == 0, self.err
        return json.loads(self.out)

    def complaint(self) -> str:
        """The one line that it wrote to stderr, having printed nothing and asked for mending."""
        assert self.status == 2
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert line.startswith("nna: ")
        return line


@pytest.fixture
def nna(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Answer]:
    """Run `nna` with these arguments; a help page is 100 columns wide."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERMINAL_WIDTH", "100")

    def run(*arguments: str) -> Answer:
        capsys.readouterr()
        status = cli.run(arguments)
        printed = capsys.readouterr()
        return Answer(status, printed.out, printed.err)

    return run
