"""Leave the decisive lines of an architecture's source blank, and find those that still are.

Blank is the right side of a line that computes or that makes a layer; what it is called, its
comment and everything that checks an argument stays. So the names of the parts, which weights
are told by, are those of the reference.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nna import registry
from nna.errors import UserError, nearest

HEAD = "# nna exercise: "
BLANK = "..."
# What takes a thought: a call, an operation or a look into something, not a name.
THOUGHTS = ast.Call | ast.BinOp | ast.Compare | ast.Subscript | ast.IfExp | ast.ListComp


@dataclass(frozen=True, slots=True)
class Exercise:
    """One architecture in one framework."""

    architecture: str
    framework: str

    @property
    def path(self) -> Path:
        """The reference."""
        return registry.source(self.architecture, self.framework)

    @property
    def head(self) -> str:
        """The first line of its files, which tells what they are."""
        return f"{HEAD}{self.architecture} ({self.framework})"


def exercises() -> Iterator[Exercise]:
    """All that there are: every architecture in PyTorch, those with a twin in Keras too."""
    for name in registry.names():
        if registry.family(name) == registry.EXTERNAL:
            continue
        for framework, file in registry.FRAMEWORKS.items():
            if (registry.folder(name) / file).is_file():
                yield Exercise(name, framework)


def exercise(name: str, framework: str) -> Exercise:
    """One by its architecture's id.

    Raises:
        UserError: no such architecture or framework, or it isn't written in that one.
    """
    if framework not in registry.FRAMEWORKS:
        raise UserError(
            f"--framework {framework}: {nearest(framework, tuple(registry.FRAMEWORKS), '--help')}"
        )
    known = [one for one in exercises() if one.framework == framework]
    for one in known:
        if one.architecture == name:
            return one
    registry.describe(name)  # says which names are close
    raise UserError(f"{name} has no {framework} twin; `nna exercise list` names those that have")


def of_file(path: Path, text: str) -> Exercise:
    """The exercise that a learner's file is of, by its first line.

    Raises:
        UserError: the line isn't there.
    """
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip()
    found = re.fullmatch(re.escape(HEAD) + r"(\w+) \((\w+)\)", first)
    if not found:
        raise UserError(
            f"{path}: line 1 doesn't say which exercise it is; it must read as "
            f"`nna exercise start` wrote it, such as {HEAD}lstm (torch)"
        )
    return exercise(found[1], found[2])


def stub(of: Exercise) -> str:
    """The file that a learner begins with."""
    source = of.path.read_text(encoding="utf-8")
    left = _decisive(ast.parse(source))
    plain = source.encode()
    starts = _starts(plain)
    for value, hint in reversed(left):
        start = starts[value.lineno - 1] + value.col_offset
        assert value.end_lineno is not None
        assert value.end_col_offset is not None
        stop = starts[value.end_lineno - 1] + value.end_col_offset
        rest = plain[stop:].split(b"\n", 1)[0]
        words = f"{BLANK}  # {hint}" if hint and not rest.strip() else BLANK
        plain = plain[:start] + words.encode() + plain[stop:]
    head = (
        f"{of.head}\n# {len(left)} places are left blank (...). Fill them in, then:\n"
        f"#   nna exercise check THIS_FILE\n"
    )
    return head + plain.decode()


def left_blank(text: str) -> list[int]:
    """The lines whose value is still missing.

    Raises:
        SyntaxError: it is no Python.
    """
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.AugAssign)
        and isinstance(node.value, ast.Constant)
        and node.value.value is ...
    )


def count(of: Exercise) -> int:
    """How many places its stub leaves blank."""
    return len(_decisive(ast.parse(of.path.read_text(encoding="utf-8"))))


def _starts(source: bytes) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _decisive(tree: ast.Module) -> list[tuple[ast.expr, str]]:
    """What is left blank, in the order of the source, each with a hint."""
    return sorted(_found(tree), key=lambda pair: (pair[0].lineno, pair[0].col_offset))


def _found(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for statement in _statements(node):
                value = getattr(statement, "value", None)
                if isinstance(value, THOUGHTS):
                    yield value, _hint(value)


def _statements(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    """The assignments and returns of a function, none of functions within it."""
    todo: list[ast.AST] = [*function.body]
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return):
            yield node
        elif isinstance(node, ast.If | ast.For | ast.While | ast.With):
            todo = [*node.body, *getattr(node, "orelse", []), *todo]


def _hint(value: ast.expr) -> str:
    """Of a layer the class that it is of; of all else nothing."""
    if isinstance(value, ast.Call):
        written = ast.unparse(value.func)
        if written.rpartition(".")[2][:1].isupper():
            return written
    return ""
