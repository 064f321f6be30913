"""Tasks and kinds of data are objects: who wants to know something of one asks it.

What compares a name, tells ports apart by their types, or looks whether a configuration happens to
have a field, is counted here. The few places that may do so stand below, each with its reason.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import nna
from nna import ports, spec, tasks

SOURCE = Path(nna.__file__).parent
ASKING = ("data", "training", "workbench", "objectives", "learning", "ports", "cli", "app")
PORTS = {kind.__name__ for kind in get_args(spec.Input)}
WORDS = {*tasks.names()} - {"mapping", "density", "recall", "generation"}  # words of their own
STATED = {
    "app/play_request.py: task": "the playground shows boundaries between classes alone",
    "workbench/comparison/over_time.py: task": "a comparison in forecasting is of forecasters",
    "workbench/recommendation/protocol.py: task": "the common protocol is for classes of pictures",
    "workbench/recommendation/recommend.py: task": "which of the shipped tables is of such data",
    "data/splits/key_columns.py: kind": "whether two tables, or pictures, can be one",
    "data/unlabelled.py: kind": "how many axes one example of a file has",
    "data/adapt.py: port": "rows or pictures are drawn; a text is cut to the port's length",
    "data/columns/fitting.py: port": "texts become what the port's vocabulary numbers",
    "workbench/estimators/inputs.py: port": "tokens of X are held against the port's vocabulary",
    "workbench/evaluation/baselines.py: port": "the n-gram baseline is given the vocabulary",
    "training/resume_check.py: config": "any configuration is drawn for, with classes or without",
}


def name_of(node: ast.AST) -> str:
    return ast.unparse(node).rpartition(".")[2]


def words_in(*nodes: ast.AST) -> set[str]:
    return {
        word.value
        for node in nodes
        for word in ast.walk(node)
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    }


def compares_a_task(node: ast.AST) -> bool:
    """Something called task with a word, or anything with a task's name."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    words = words_in(*sides)
    return bool(words & WORDS or (words & {*tasks.names()} and "task" in map(name_of, sides)))


def compares_a_kind(node: ast.AST) -> bool:
    """A port's kind, or anything's kind with the name of one."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    texts = {ast.unparse(side) for side in sides}
    kind = any(text.endswith((".kind", "['kind']")) for text in texts)
    of_port = any("port.kind" in text or "port['kind']" in text for text in texts)
    return of_port or (kind and bool(words_in(*sides) & {*ports.kinds()}))


def tells_ports_by_type(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or name_of(node.func) != "isinstance":
        return False
    return bool({*re.findall(r"(?<!pd\.)\b\w+", ast.unparse(node.args[1]))} & PORTS)


def looks_into_a_configuration(node: ast.AST) -> bool:
    """`hasattr(config, ...)`, or `getattr(config, "a field")`, whatever stands before `config`."""
    if not isinstance(node, ast.Call) or name_of(node.func) not in ("hasattr", "getattr"):
        return False
    asked, field = node.args[:2]
    named = isinstance(field, ast.Constant) or name_of(node.func) == "hasattr"
    return named and bool(re.search(r"(config|tiny)$", ast.unparse(asked)))


PATTERNS = {
    "task": compares_a_task,
    "kind": compares_a_kind,
    "port": tells_ports_by_type,
    "config": looks_into_a_configuration,
}


def found(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        yield from (name for name, pattern in PATTERNS.items() if pattern(node))


def test_hardly_anything_compares_names_and_the_few_that_do_are_stated():
    counted = Counter(
        f"{path.relative_to(SOURCE).as_posix()}: {pattern}"
        for folder in ASKING
        for path in sorted((SOURCE / folder).rglob("*.py"))
        for pattern in found(path.read_text(encoding="utf-8"))
    )
    twice = ["data/adapt.py: port"]
    assert counted == Counter([*STATED, *twice])


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ('if task == "regression": pass', "task"),
        ('if request.task in ("density", "recall"): pass', "task"),
        ('x = "classification" in spec.tasks', "task"),
        ("if port.kind == other.kind: pass", "kind"),
        ('if asked["kind"] == "table": pass', "kind"),
        ('if one.kind in ("image", "series"): pass', "kind"),
        ("if isinstance(examples.port, Table): pass", "port"),
        ("if isinstance(port, spec.Image | spec.Series): pass", "port"),
        ('if hasattr(config, "classes"): pass', "config"),
        ('if hasattr(self.config, name): pass', "config"),
        ('x = getattr(spec.tiny, "classes", 2)', "config"),
    ],
)  # fmt: skip
def test_each_pattern_is_seen(line, pattern):
    assert pattern in {*found(line)}


@pytest.mark.parametrize(
    "line",
    [
        "if task.numeric: pass",
        'if name == "regression line": pass',
        "if isinstance(examples.behaviour, ports.Port): pass",
        "x = getattr(config, field.name)",
        'if one.kind == "network": pass',
    ],
)
def test_asking_is_no_comparison(line):
    assert [*found(line)] == []
