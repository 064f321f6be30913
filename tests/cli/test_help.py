"""`--help` shows every help text as it was written."""

import re

import pytest

from nna.cli import commands


def places(command, path=()):
    """Every command, by the words that are typed for it."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from places(inner, (*path, name))


EVERY = dict(places(commands.build()))


def plain(text: str) -> str:
    return " ".join(re.sub("[│╭╮╰╯─]", " ", text).split())


def written(command):
    """The help of a command and of its parameters, as their authors wrote it, word by word."""
    source = command.callback
    yield from ((source.__doc__ or "") if source else "").strip().split("\n\n")
    yield from (parameter.help or "" for parameter in command.params)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: " ".join(path) or "nna")
def test_every_word_of_help_is_shown(nna, monkeypatch, path):
    monkeypatch.setenv("COLUMNS", "400")
    shown = plain(nna(*path, "--help").out)
    for text in written(EVERY[path]):
        assert plain(text.replace("\\[", "[")) in shown
        assert "\\" not in shown


def test_a_default_in_brackets_is_shown(nna, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    assert "--threshold are about; [the second by name]." in plain(nna("train", "--help").out)
