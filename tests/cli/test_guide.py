"""What the guide tells readers to type: commands, options and names that exist."""

import re
import shlex

import pytest

from nna import registry
from nna.atlas import guide
from nna.cli import commands
from nna.data import catalog as data
from nna.lab import catalog as lab
from nna.lab.blocks import catalog as blocks

SAID = sorted(
    {
        (chapter.id, said)
        for chapter in guide.read()
        for said in re.findall(r"`nna ([^`]+)`", chapter.text)
    }
)


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


@pytest.mark.parametrize(("chapter", "said"), SAID)
def test_a_command_in_the_guide_can_be_typed(chapter, said, everything):
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
