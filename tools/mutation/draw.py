"""Faults of an architecture: every one that a rule proposes, and a draw from them under a seed."""

from __future__ import annotations

import ast
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from mutation import rules, rules_keras
from mutation.tree import walk


@dataclass(frozen=True, slots=True)
class Fault:
    """One change to one file; offsets are in bytes, as syntax trees count."""

    kind: str
    file: str
    line: int
    column: int
    start: int
    stop: int
    before: str
    after: str

    @property
    def key(self) -> str:
        """What tells it apart, and survives changes elsewhere in the file."""
        return f"{self.file}:{self.line}:{self.column} {self.before} -> {self.after}"


def sources(folder: Path) -> dict[str, str]:
    """The files of an architecture that compute: the model, and an objective or a sampler."""
    aside = ("spec.py", "weights.py", "parity.py", "model_keras.py", "__init__.py")
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*.py"))
        if path.name not in aside and not path.name.startswith("test_")
    }


def faults(file: str, source: str) -> Iterator[Fault]:
    """Every fault that the rules propose, parses, and doesn't compile to the same bytecode."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    known, plain = set(), compile(source, file, "exec")
    of_framework = rules_keras.RULES if file.endswith("_keras.py") else rules.RULES
    for node, place in walk(ast.parse(source)):
        for rule in of_framework:
            for kind, target, new in rule(node, place):
                start = starts[target.lineno - 1] + target.col_offset  # type: ignore[attr-defined]
                stop = starts[target.end_lineno - 1] + target.end_col_offset  # type: ignore[attr-defined]
                before = source.encode()[start:stop].decode()
                after = _written(new)
                spot = (target.lineno, target.col_offset)  # type: ignore[attr-defined]
                fault = Fault(kind, file, *spot, start, stop, " ".join(before.split()), after)
                if (start, stop, after) in known or not _differs(source, fault, plain):
                    continue
                known.add((start, stop, after))
                yield fault


def _written(new: ast.AST | str) -> str:
    if isinstance(new, str):
        return new
    text = ast.unparse(ast.fix_missing_locations(new))
    loose = ast.BinOp | ast.UnaryOp | ast.IfExp | ast.Compare | ast.BoolOp
    return f"({text})" if isinstance(new, loose) else text


def apply(source: str, fault: Fault) -> str:
    """The source with the fault in it."""
    plain = source.encode()
    return (plain[: fault.start] + fault.after.encode() + plain[fault.stop :]).decode()


def _differs(source: str, fault: Fault, plain: CodeType) -> bool:
    try:
        mutant = compile(apply(source, fault), fault.file, "exec")
    except SyntaxError:
        return False
    return not same(mutant, plain)


def same(one: CodeType, other: CodeType) -> bool:
    """Whether two pieces of code do the same instructions with the same constants and names."""
    plain = ("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars")
    if any(getattr(one, name) != getattr(other, name) for name in plain):
        return False
    if len(one.co_consts) != len(other.co_consts):
        return False
    return all(
        same(a, b) if isinstance(a, CodeType) and isinstance(b, CodeType) else _alike(a, b)
        for a, b in zip(one.co_consts, other.co_consts, strict=True)
    )


def _alike(one: object, other: object) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)


def drawn(name: str, files: Mapping[str, str], seed: int) -> Iterator[Fault]:
    """All faults in an order that the seed decides: kinds take turns, so that few rule none out."""
    chance = random.Random(f"{name}:{seed}")
    kinds: dict[str, list[Fault]] = {}
    for file, source in files.items():
        for fault in faults(file, source):
            kinds.setdefault(fault.kind, []).append(fault)
    for held in kinds.values():
        chance.shuffle(held)
    while kinds:
        turn = sorted(kinds)
        chance.shuffle(turn)
        for kind in turn:
            yield kinds[kind].pop()
        kinds = {kind: held for kind, held in kinds.items() if held}


def runs(source: str, fault: Fault, lines: Collection[int]) -> bool:
    """Whether one of `lines`, which ran, belongs to the statement that the fault is in."""
    last = fault.line + source.encode()[fault.start : fault.stop].count(b"\n")
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno <= fault.line <= (node.end_lineno or 0)
    ]
    first = max(node.lineno for node in around)
    return not set(range(first, last + 1)).isdisjoint(lines)
