"""Which figures the tests of a file compare, found in its syntax tree; nothing is run here.

A figure's key is its test and what is compared, without the constants, so that a threshold can be
changed and what was measured stays. Constants are read from the source when thresholds are judged.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

ORDERED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
NOTE = "spread_note"  # what a rewritten test calls
SHIFT = "spread_shift"


@dataclass(frozen=True, slots=True)
class Asserted:
    """One assertion that compares by size: `deep > 2.2`."""

    test: str  # the function that holds it
    shown: str  # as it stands there, constants as "_"
    text: str  # with them
    signs: tuple[str, ...]
    constants: tuple[float | None, ...]  # of each operand; None where it is computed

    @property
    def key(self) -> str:
        """What its measured figures are kept under."""
        return f"{self.test}: {self.shown}"

    def gap(self, operands: Sequence[float]) -> float:
        """How far the assertion is from failing; below zero it fails.

        Args:
            operands: as measured; constants of today's source take their places.
        """
        pairs = zip(self.constants, operands, strict=True)
        held = [value if constant is None else constant for constant, value in pairs]
        apart = []
        for sign, left, right in zip(self.signs, held, held[1:], strict=False):
            apart.append(right - left if sign.startswith("<") else left - right)
        return min(apart)

    @property
    def threshold(self) -> float | None:
        """The constant, where the assertion has just one and one comparison."""
        known = [value for value in self.constants if value is not None]
        return known[0] if len(self.signs) == len(known) == 1 else None

    @property
    def below(self) -> bool:
        """Whether what is computed, compared with one threshold, must lie below it."""
        return self.signs[0].startswith("<") == (self.constants[0] is None)

    def further(self, by: float) -> str:
        """The constant that lies so much further off, where the assertion has just one."""
        if self.threshold is None:
            return ""
        return f"{self.threshold + (by if self.below else -by):.4g}"


def constant(node: ast.expr) -> float | None:
    """The number that an expression without names stands for; None for any other."""
    plain = (ast.Constant, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop)
    if not all(isinstance(part, plain) for part in ast.walk(node)):
        return None
    try:
        value = eval(compile(ast.Expression(node), "constant", "eval"), {"__builtins__": {}})
    except (TypeError, ArithmeticError):
        return None
    return float(value) if isinstance(value, int | float) else None


def asserted(source: str) -> dict[str, Asserted]:
    """All assertions by size in a file's tests, by key."""
    return {one.key: one for _, one in _each(ast.parse(source))}


def rewritten(source: str) -> str:
    """The same tests, which note what they compare and shift every seed that they set."""
    tree = ast.parse(source)
    for node, one in [*_each(tree)]:
        assert isinstance(node.test, ast.Compare)
        operands = ast.List([node.test.left, *node.test.comparators], ast.Load())
        key, signs = ast.Constant(one.key), ast.Constant(" ".join(one.signs))
        node.test = ast.Call(ast.Name(NOTE, ast.Load()), [key, signs, operands], [])
    tree = _Shifted().visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree))


def without_thresholds(source: str) -> str:
    """The same source without comments, layout and the constants that figures are compared with."""
    tree = ast.parse(source)
    for node, _ in [*_each(tree)]:
        assert isinstance(node.test, ast.Compare)
        sides = [node.test.left, *node.test.comparators]
        node.test.left, *node.test.comparators = (
            ast.Name("_", ast.Load()) if constant(side) is not None else side for side in sides
        )
    return ast.unparse(ast.fix_missing_locations(tree))


def _each(tree: ast.Module) -> Iterator[tuple[ast.Assert, Asserted]]:
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        seen: Counter[str] = Counter()
        for node in ast.walk(function):
            if isinstance(node, ast.Assert) and (one := _ordered(function.name, node.test)):
                seen[one.shown] += 1
                if (nth := seen[one.shown]) > 1:
                    one = replace(one, shown=f"{one.shown} ({nth})")
                yield node, one


def _ordered(test: str, node: ast.expr) -> Asserted | None:
    if not isinstance(node, ast.Compare) or not all(type(op) in ORDERED for op in node.ops):
        return None
    operands = [node.left, *node.comparators]
    constants = tuple(constant(operand) for operand in operands)
    signs = tuple(ORDERED[type(op)] for op in node.ops)
    if all(value is not None for value in constants):
        return None
    words = [
        "_" if c is not None else ast.unparse(o) for c, o in zip(constants, operands, strict=True)
    ]
    shown = words[0] + "".join(f" {s} {w}" for s, w in zip(signs, words[1:], strict=True))
    return Asserted(test, shown, ast.unparse(node), signs, constants)


class _Shifted(ast.NodeTransformer):
    """Adds the shift to every seed: `x.manual_seed(s)`, `default_rng(s)`, and `nna.train(...)`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        shift = ast.Name(SHIFT, ast.Load())
        if name in ("manual_seed", "default_rng") and node.args:
            node.args[0] = ast.BinOp(node.args[0], ast.Add(), shift)
        elif ast.unparse(node.func) == "nna.train":
            given = next((word for word in node.keywords if word.arg == "seed"), None)
            if given is None:
                node.keywords.append(ast.keyword("seed", shift))
            else:
                given.value = ast.BinOp(given.value, ast.Add(), shift)
        return node
