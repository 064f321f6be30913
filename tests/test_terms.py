"""The field's words: what was private is gone, stays gone, and is answered with the new one."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from nna import registry, spec
from nna.cli import commands, run as command
from nna.errors import UserError
from nna.training import earlier

SOURCE = Path(registry.__file__).parent
CONVERTS = SOURCE / "workbench" / "comparison" / "comparison.py"  # an earlier version's folder
FIELDS = {
    spec.Architecture: {"takes", "gives", "after", "answers", "adds"},
    spec.Signature: {"reach", "fails", "fails_test"},
    spec.Recipe: {*earlier.RECIPE},
}
MODULES = {
    "material", "decide", "elsewhere", "serial", "tabular_report", "looked", "maps", "influence",
    "sureness", "strangeness", "pace", "shown", "ready", "profiled", "standings", "standing",
    "match", "contenders", "contest", "ahead", "long_answers", "cues", "unseen", "faults", "bits",
    "beware", "watch", "feed", "batches", "again", "census", "rolls", "finding", "guard",
    "trained", "corrections", "shelf", "tournament", "rehearsal", "probed", "told", "saying",
}  # fmt: skip
IDENTIFIERS = {
    "contest", "contender", "contenders", "squash", "forger", "sees", "asked_from", "monitor_of",
    "Told",
}  # fmt: skip
SENTENCES = (
    r"\b[Bb]eware\b", r"\bcontender", r"is played again", r"[Ww]here the data don't say",
    r"What was asked", r"What it looked at", r"one is the least", r"\b[Ss]ilent (hidden )?units?\b",
    r"in (the|a quick) look\b", r"Right in ", r"lost when shuffled", r"the model knows",
)  # fmt: skip


def sources():
    return [path for path in SOURCE.rglob("*.py") if "structural" not in path.parts]


def options(of):
    yield from (name for one in of.params for name in (*one.opts, *one.secondary_opts))
    for below in getattr(of, "commands", {}).values():
        yield from options(below)


@pytest.mark.parametrize("kind", FIELDS)
def test_what_architectures_declare_has_the_fields_words(kind):
    assert not {field.name for field in dataclasses.fields(kind)} & FIELDS[kind]


def test_no_option_has_a_private_name_and_every_new_one_exists():
    there = {*options(commands.build())}
    assert not there & {*commands.RENAMED}
    assert {*commands.RENAMED.values()} <= there


@pytest.mark.parametrize(("old", "new"), [("--rate", "--lr"), ("--most", "--max-samples")])
def test_an_old_option_is_refused_with_the_new_one_named(old, new, capsys):
    assert command(["train", "mlp", "iris", old, "1"]) == 2
    err = capsys.readouterr().err
    assert f"no option {old} any more; it is called {new}" in err
    assert err.count("\n") == 1


def test_old_settings_and_recipe_fields_are_refused_with_the_new_ones_named():
    with pytest.raises(UserError, match="no setting 'forget'; it is called 'forget_bias'"):
        registry.configure("lstm", forget=1.0)


def test_no_module_has_a_private_name():
    named = {path.stem for path in sources()} | {path.parent.name for path in sources()}
    assert not named & MODULES


def test_no_identifier_is_a_private_word():
    found = set()
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        found |= {(path.name, name) for name in names & IDENTIFIERS}
    assert not found


def test_no_sentence_that_is_read_has_a_private_word():
    ends = (".py", ".md", ".html", ".j2", ".js", ".toml")
    texts = [path for path in SOURCE.rglob("*") if path.suffix in ends and path != CONVERTS]
    found = {
        (path.name, hit[0])
        for path in texts
        for words in SENTENCES
        for hit in re.finditer(words, path.read_text(encoding="utf-8"))
    }
    assert not found
