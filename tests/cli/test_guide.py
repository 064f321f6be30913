"""What guide and cards tell readers to type: commands, options, names and settings that exist."""

import dataclasses
import re
import shlex
from itertools import pairwise

import pytest

from nna import objectives, registry
from nna.atlas import guide
from nna.cli import commands
from nna.data import catalog as data
from nna.errors import UserError
from nna.lab import catalog as lab
from nna.lab.blocks import catalog as blocks

TEXTS = [*((one.id, one.text) for one in guide.read())]
TEXTS += [(name, registry.card(name)) for name in registry.names()]
COMMAND = re.compile(r"`nna ([^`]+)`|^ {0,4}nna (.+)$", re.M)  # within a line, or a line of its own
SAID = sorted({(where, "".join(said)) for where, text in TEXTS for said in COMMAND.findall(text)})


def ours(name):
    """What is written in small letters is meant as it stands; R, FILE and the like are not."""
    return re.fullmatch(r"[a-z][a-z0-9_]*(/[a-z0-9_-]+)?", name)


KNOWN = {  # what the first word after a command names
    "train": lambda name: name.partition("/")[0] in registry.names(),
    "tune": lambda name: name.partition("/")[0] in registry.names(),
    "show": lambda name: name.partition("/")[0] in registry.names(),
    "lineage": lambda name: name in registry.names(),
    "blocks": lambda name: name in blocks.names(),
    "lab": lambda name: name in lab.names() or lab.checks(name),
    "data": lambda name: name in data.names(),
}


@pytest.fixture(scope="module")
def everything():
    return commands.build()


def settings(name):
    """What `--set` takes for an architecture: fields of its configuration and of its objectives."""
    spec = registry.describe(name)
    own = dataclasses.fields(next(iter(spec.variants.values())).config)
    known = [objectives.settings_of(objectives.get(one)) for one in spec.objectives]
    return {field.name for field in own} | {f"objective.{one}" for each in known for one in each}


@pytest.mark.parametrize(("where", "said"), SAID)
def test_a_command_in_guide_or_card_can_be_typed(where, said, everything):
    command, words = everything, shlex.split(said)
    first = words[0]
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        assert words[0] in command.commands, said
        command = command.commands[words.pop(0)]
    options = {name for option in command.params for name in option.opts}
    for word in words:
        assert not word.startswith("--") or word in options, f"{said}: {word}"
    if words and first in KNOWN and ours(words[0]):
        assert KNOWN[first](words[0]), said
    if first == "train" and words and ours(words[0]):
        assert not words[1:] or not ours(words[1]) or words[1] in data.names(), said
        changed = {after.partition("=")[0] for one, after in pairwise(words) if one == "--set"}
        assert changed <= settings(words[0].partition("/")[0]), said


# --- `nna guide` --------------------------------------------------------------------------------

CHAPTERS = guide.read()
NUMBERS = {str(number) for number in range(1, len(CHAPTERS) + 1)}


def rows():
    return {check.row for topic in lab.topics() for check in lab.checks(topic)}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_a_chapter_is_read_in_the_terminal_and_every_command_in_it_shows_something(chapter, capsys):
    assert commands.invoke(["guide", chapter.id]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"# {chapter.title}")
    for left in ("](", "<details", "<summary", "{result:", "{verified:", "{members:", "lab:"):
        assert left not in text
    assert "Solution" not in text
    for name in re.findall(r"nna lab show ([\w-]+)", text):
        assert name in {*lab.names(), *rows(), "ID"}
    for name in re.findall(r"nna blocks show ([\w-]+)", text):
        assert name in blocks.names()
    for name in re.findall(r"nna guide ([\w-]+)", text):
        assert name in {one.id for one in CHAPTERS} or name in NUMBERS


def test_chapters_are_listed_and_found_by_number_too(capsys):
    assert commands.invoke(["guide"]) == 0
    listed = capsys.readouterr().out
    assert all(chapter.title in listed for chapter in CHAPTERS)
    assert commands.invoke(["guide", "2", "--solutions"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"# {CHAPTERS[1].title}")
    assert "Solution" in told


@pytest.mark.parametrize("asked", ["0", str(len(CHAPTERS) + 1), "neuron", "../x"])
def test_no_such_chapter_is_one_line(asked):
    with pytest.raises(UserError, match=f"no chapter '{asked}'"):
        commands.invoke(["guide", asked])
