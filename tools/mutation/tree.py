"""What rules read of a syntax tree: what can change a model, and where it stands."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

SKIPPED = ("annotation", "returns", "decorator_list", "type_comment", "bases")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands."""

    computes: bool  # in a function that takes tensors; elsewhere modules are built
    parent: ast.AST | None


def walk(node: ast.AST, place: Place | None = None) -> Iterator[tuple[ast.AST, Place]]:
    """Every node that can change what is built or computed.

    Annotations, docstrings, aliases of types, and refusals (what raises, and the condition of it)
    are left out.
    """
    place = place or Place(computes=False, parent=None)
    if _inert(node):
        return
    yield node, place
    computes = place.computes
    if isinstance(node, ast.FunctionDef):
        computes = _takes_tensors(node)
    for field, value in ast.iter_fields(node):
        if field in SKIPPED:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from walk(child, Place(computes, node))


def _inert(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.If):
        return all(isinstance(line, ast.Raise) for line in node.body) and not node.orelse
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Subscript | ast.BinOp)
        and ("Tensor" in ast.unparse(node.value))
    )


def _takes_tensors(function: ast.FunctionDef) -> bool:
    given = [arg.annotation for arg in (*function.args.args, *function.args.kwonlyargs)]
    return function.name == "forward" or any(
        note is not None and "Tensor" in ast.unparse(note) for note in given
    )


def called(node: ast.AST) -> str:
    """The last name of what is called: `Conv2d` of `nn.Conv2d(...)`; "" where nothing is."""
    if not isinstance(node, ast.Call):
        return ""
    return last(node.func)


def last(node: ast.AST) -> str:
    """The last name of `a.b.c`, or ""."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def keyword(call: ast.Call, name: str) -> ast.keyword | None:
    """The keyword argument of that name."""
    return next((k for k in call.keywords if k.arg == name), None)


def with_keyword(call: ast.Call, name: str, value: float | str | bool | None) -> ast.Call:
    """The same call with a keyword argument added or replaced."""
    new = copy.deepcopy(call)
    new.keywords = [k for k in new.keywords if k.arg != name]
    new.keywords.append(ast.keyword(name, ast.Constant(value)))
    return new


def without_keyword(call: ast.Call, name: str) -> ast.Call:
    """The same call without a keyword argument."""
    new = copy.deepcopy(call)
    new.keywords = [k for k in new.keywords if k.arg != name]
    return new


def renamed(node: ast.AST, name: str) -> ast.AST:
    """The same reference, or call of it, with its last name changed."""
    new = copy.deepcopy(node)
    target = new.func if isinstance(new, ast.Call) else new
    if isinstance(target, ast.Attribute):
        target.attr = name
    elif isinstance(target, ast.Name):
        target.id = name
    return new


def number(node: ast.AST) -> float | None:
    """The number that a node is, with its sign; not True or False."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number(node.operand)
        return None if inner is None else -inner
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def times(node: ast.expr, factor: float) -> ast.expr:
    """`factor * node`, or the product where the node is a number."""
    value = number(node)
    if value is not None:
        return ast.Constant(value * factor)
    return ast.BinOp(ast.Constant(factor), ast.Mult(), node)


def plus(node: ast.expr, more: int) -> ast.expr:
    """`node + more`, or the sum where the node is a number."""
    value = number(node)
    if value is not None:
        return ast.Constant(value + more)
    return ast.BinOp(node, ast.Add() if more > 0 else ast.Sub(), ast.Constant(abs(more)))
