"""A spec.py declares and says nothing twice: one import, no default, no prose of the card's."""

import ast
import dataclasses
import statistics
from collections.abc import Iterator

import pytest

import nna.spec
from nna import registry

BESIDE = {  # what other files of the folder say
    nna.spec.Architecture: {"advice", "published_recipe", "paper", "weights"},
    nna.spec.Signature: {"expected_failure", "failure_test"},
}


def source(name: str) -> str:
    return (registry.folder(name) / "spec.py").read_text(encoding="utf-8")


def calls(tree: ast.AST) -> Iterator[tuple[type, ast.Call]]:
    """What of the vocabulary is called, and where."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("spec."):
            what = getattr(nna.spec, ast.unparse(node.func).removeprefix("spec."))
            if dataclasses.is_dataclass(what):
                yield what, node  # type: ignore[misc]


@pytest.mark.parametrize("name", registry.names())
def test_a_spec_imports_the_vocabulary_once_and_repeats_no_default(name):
    tree = ast.parse(source(name))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    ours = [text for text in map(ast.unparse, imports) if "nna" in text]
    assert ours == ["from nna import spec"]
    for what, call in calls(tree):
        defaults = {f.name: f.default for f in dataclasses.fields(what)}
        for word in call.keywords:
            assert word.arg not in BESIDE.get(what, ()), f"{word.arg} stands beside the spec"
            constant = isinstance(word.value, ast.Constant)
            repeats = constant and word.value.value == defaults[word.arg]  # type: ignore[union-attr]
            assert not repeats, f"{ast.unparse(word)} is the default of {what.__name__}"


def test_half_of_all_specs_fit_a_page():
    assert statistics.median(len(source(name).splitlines()) for name in registry.names()) <= 75
