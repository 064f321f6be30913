"""Collect what a piece of the library's source needs, so that it stands alone.

From a module and names it goes through the syntax trees: definitions of this library are taken over
with their comments, dependencies first; imports of others are kept. Only what is named at the top
of modules is followed, which is how models, blocks and objectives are written.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

LIBRARY = "nna"
Import = tuple[str, str, str]  # from where ("" if whole), what, and what it is called here
SHAPES = "jaxtyping"  # of tensors: in a script, which needn't have that package, they are comments


@dataclass
class Collected:
    """What was taken over: imports, and definitions in an order in which they can stand."""

    # Where something lies that is taken instead: by module, or by module and name.
    instead: Mapping[str, str] = field(default_factory=dict)
    imports: set[Import] = field(default_factory=set)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)  # by module and name
    _begun: set[tuple[str, str]] = field(default_factory=set)
    _called: dict[tuple[str, str], str] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def take(self, module: str, *names: str) -> None:
        """Take definitions over, and whatever they need.

        Raises:
            LookupError: a name that the module doesn't define, or two things of one name.
        """
        for name in names:
            self._take(module, name)

    def text(self) -> str:
        """The definitions that were taken since this was last asked."""
        fresh = [text for key, text in self.texts.items() if key not in self._told]
        self._told |= self.texts.keys()
        return "\n\n\n".join(dict.fromkeys(fresh))

    def _take(self, module: str, name: str) -> None:
        module = self.instead.get(f"{module}.{name}", self.instead.get(module, module))
        if (module, name) in self._begun:
            return
        self._begun.add((module, name))
        source = _source(module)
        if name in source.imports:
            self._follow(module, name, *source.imports[name])
        elif name in source.definitions:
            self._define(module, name, source)
        else:
            raise LookupError(f"{module}: defines no {name}")

    def _follow(self, module: str, name: str, where: str, original: str) -> None:
        if not _ours(where):
            if where != SHAPES:
                self.imports.add((where, original, name))
            return
        source = _source(where)
        known = original in source.definitions or original in source.imports
        if not known and _is_module(f"{where}.{original}"):
            raise LookupError(f"{module}: imports the module {original} whole")
        self._take(where, original)
        self._called[module, name] = self.called(where, original)

    def _define(self, module: str, name: str, source: _Source) -> None:
        node = source.definitions[name]
        needed = [n for n in _names(node) if n in source.imports or n in source.definitions]
        for one in needed:
            if one != name:
                self._take(module, one)
        segment, held = source.segment(node), self.texts.items()
        if any(n == name and m != module and of != segment for (m, n), of in held):
            # two things of one name
            self._called[module, name] = f"{name}_{module.rpartition('.')[2]}"
        called = {one: self.called(module, one) for one in (name, *needed)}
        self.texts[module, name] = renamed(segment, called)

    def called(self, module: str, name: str) -> str:
        """What something is called in the script."""
        module = self.instead.get(f"{module}.{name}", self.instead.get(module, module))
        return self._called.get((module, name), name)


def statements(imports: Iterable[Import]) -> list[str]:
    """Import statements, a line a module, in the order of their modules."""
    whole, parts = set[str](), dict[str, set[str]]()
    for where, original, name in imports:
        alias = f" as {name}" if name != original else ""
        if where:
            parts.setdefault(where, set()).add(original + alias)
        else:
            whole.add(f"import {original}{alias}")
    lines = [*whole, *(f"from {where} import {', '.join(sorted(n))}" for where, n in parts.items())]
    return sorted(lines, key=lambda line: (not _standard(line), line.split()[1], line))


def _standard(line: str) -> bool:
    return line.split()[1].split(".")[0] in sys.stdlib_module_names


@dataclass(frozen=True)
class _Source:
    lines: list[str]
    imports: dict[str, tuple[str, str]]  # name: (module, what it is called there)
    definitions: dict[str, ast.stmt]

    def segment(self, node: ast.stmt) -> str:
        """A definition as it is written, with the comments right above it."""
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
        while first and self.lines[first - 1].startswith("#"):
            first -= 1
        assert node.end_lineno is not None
        return without_shapes("\n".join(self.lines[first : node.end_lineno]))


@cache
def _source(module: str) -> _Source:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    imports: dict[str, tuple[str, str]] = {}
    definitions: dict[str, ast.stmt] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.If):  # of types alone
            continue
        imports |= dict(_imported(node))
        definitions |= {name: node for name in _defined(node)}
    return _Source(text.splitlines(), imports, definitions)


def _imported(node: ast.stmt) -> Iterator[tuple[str, tuple[str, str]]]:
    if isinstance(node, ast.ImportFrom) and node.module != "__future__":
        for alias in node.names:
            yield alias.asname or alias.name, (node.module or "", alias.name)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name.split(".")[0], ("", alias.name)


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _names(node: ast.stmt) -> list[str]:
    found = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    return list(
        dict.fromkeys(one.id for one in sorted(found, key=lambda n: (n.lineno, n.col_offset)))
    )


def _ours(where: str) -> bool:
    return where.split(".")[0] == LIBRARY


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def without_shapes(source: str) -> str:
    """Source in which `Float[Tensor, "b t"]` is `Tensor`."""
    changes = {
        node: ast.unparse(node.slice.elts[0])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and _shaped(node)
    }
    return _changed(source, {_span(node): text for node, text in changes.items()})


def renamed(source: str, called: Mapping[str, str]) -> str:
    """A definition in which names are called otherwise."""
    other = {name: new for name, new in called.items() if name != new}
    if not other:
        return source
    changes = {
        _span(node): other[node.id]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and node.id in other
    }
    for name, new in other.items():
        source = re.sub(
            rf"^(class|def) {name}\b", rf"\1 {new}", _changed(source, changes), flags=re.M
        )
        changes = {}
    return source


Span = tuple[int, int, int, int]  # from line and column to line and column, as syntax trees count


def _span(node: ast.expr) -> Span:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _changed(source: str, changes: Mapping[Span, str]) -> str:
    """Source with the text of some spans replaced."""
    plain = source.encode()
    starts = [0]
    for line in plain.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for (line, column, last, end), text in sorted(changes.items(), reverse=True):
        start, stop = starts[line - 1] + column, starts[last - 1] + end
        plain = plain[:start] + text.encode() + plain[stop:]
    return plain.decode()


def _shaped(node: ast.Subscript) -> bool:
    kinds = ("Float", "Int", "Int64", "Bool", "Num", "Shaped", "Complex", "Integer")
    return (
        isinstance(node.value, ast.Name)
        and node.value.id in kinds
        and isinstance(node.slice, ast.Tuple)
        and isinstance(node.slice.elts[1], ast.Constant)
        and isinstance(node.slice.elts[1].value, str)
    )
