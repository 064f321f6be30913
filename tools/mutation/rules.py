"""The rules: what kinds of fault a syntax tree admits.

A rule yields (kind, node, replacement); the replacement is a node, or text. Rules propose; whether
a mutant parses, differs, and runs is found out afterwards.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from itertools import pairwise

from mutation.tree import (
    Place,
    called,
    keyword,
    last,
    number,
    plus,
    renamed,
    times,
    with_keyword,
    without_keyword,
)

Proposal = tuple[str, ast.AST, ast.AST | str]
Rule = Callable[[ast.AST, Place], Iterator[Proposal]]

NORMS = ("BatchNorm1d", "BatchNorm2d", "LayerNorm", "GroupNorm", "ChannelNorm", "RMSNorm")
AFFINE = ("Linear", "Conv1d", "Conv2d", "ConvTranspose2d")
ACTIVATIONS = {
    "ReLU": "GELU", "GELU": "ReLU", "Sigmoid": "Tanh", "Tanh": "Sigmoid", "SiLU": "ReLU",
    "ReLU6": "ReLU", "Hardswish": "SiLU", "Hardsigmoid": "Sigmoid", "ELU": "ReLU",
    "Softsign": "Tanh", "relu": "sigmoid", "gelu": "relu", "sigmoid": "tanh", "tanh": "sigmoid",
    "silu": "relu", "relu_": "sigmoid_", "softplus": "relu", "hardswish": "silu",
}  # fmt: skip
REDUCTIONS = {
    "sum": "mean", "mean": "sum", "amax": "mean", "amin": "amax", "MaxPool2d": "AvgPool2d",
    "AvgPool2d": "MaxPool2d", "MaxPool1d": "AvgPool1d", "AvgPool1d": "MaxPool1d",
    "max_pool2d": "avg_pool2d", "avg_pool2d": "max_pool2d",
    "AdaptiveAvgPool2d": "AdaptiveMaxPool2d",
}  # fmt: skip
STARTS = {
    "zeros_": "ones_", "ones_": "zeros_", "xavier_uniform_": "kaiming_uniform_",
    "kaiming_uniform_": "xavier_uniform_", "xavier_normal_": "kaiming_normal_",
    "kaiming_normal_": "xavier_normal_", "trunc_normal_": "normal_",
}  # fmt: skip
DIRECTIONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip


def eps(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """A small number a hundred times as large; a norm with another epsilon than torch's."""
    value = number(node)
    if isinstance(value, float) and 0 < value <= 1e-3:
        yield "eps", node, ast.Constant(value * 100)
    if not isinstance(node, ast.Call) or called(node) not in NORMS:
        return
    if len(node.args) < 2 and keyword(node, "eps") is None:
        yield "eps", node, with_keyword(node, "eps", 1e-3)


def momentum(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Statistics of a batch norm follow ten times as slowly."""
    if isinstance(node, ast.Call) and called(node).startswith("BatchNorm"):
        yield "norm momentum", node, with_keyword(node, "momentum", 0.01)


def order(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Two layers in a row exchanged."""
    if isinstance(node, ast.Call) and called(node) in ("Sequential", "OrderedDict"):
        for field in ("args", "keywords"):
            for i, (one, other) in enumerate(pairwise(getattr(node, field))):
                if ast.unparse(one) != ast.unparse(other):
                    new = copy.deepcopy(node)
                    getattr(new, field)[i : i + 2] = [other, one]
                    yield "order", node, new


def calls_exchanged(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """f(g(x)) becomes g(f(x)), and x.f().g() becomes x.g().f()."""
    if not isinstance(node, ast.Call):
        return
    inner = node.args[0] if len(node.args) == 1 and not node.keywords else None
    if isinstance(inner, ast.Call) and len(inner.args) == 1 and not inner.keywords:
        yield "order", node, ast.Call(inner.func, [ast.Call(node.func, inner.args, [])], [])
    inner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
        new, within = copy.deepcopy(node), copy.deepcopy(inner)
        assert isinstance(new.func, ast.Attribute)
        assert isinstance(within.func, ast.Attribute)
        new.func.value = within.func.value  # x.g(...)
        within.func.value = new
        yield "order", node, within


def statements_exchanged(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Two statements in a row about one name, exchanged."""
    if not isinstance(node, ast.FunctionDef | ast.For | ast.If):
        return
    for one, other in pairwise(node.body):
        if not isinstance(one, ast.Assign) or not isinstance(other, ast.Assign):
            continue
        if ast.unparse(one.targets[0]) == ast.unparse(other.targets[0]):
            yield "order", _Span(one, other), f"{ast.unparse(other)}; {ast.unparse(one)}"


class _Span(ast.AST):
    """Two statements one after the other, as one thing to replace."""

    def __init__(self, one: ast.stmt, other: ast.stmt) -> None:
        super().__init__()
        self.lineno, self.col_offset = one.lineno, one.col_offset
        self.end_lineno, self.end_col_offset = other.end_lineno, other.end_col_offset


def mask(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """A comparison turned or strict, a triangle on the other side or shifted, a flag flipped."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in DIRECTIONS:
        new = copy.deepcopy(node)
        new.ops[0] = DIRECTIONS[type(node.ops[0])]()
        yield "mask", node, new
    if isinstance(node, ast.Call) and called(node) in ("tril", "triu"):
        yield "mask", node, renamed(node, {"tril": "triu", "triu": "tril"}[called(node)])
        yield "mask", node, with_keyword(_bare(node), "diagonal", 1)
    if isinstance(node, ast.keyword) and node.arg in ("is_causal", "attn_mask", "causal"):
        other: ast.expr = ast.Constant(None)
        if node.arg != "attn_mask":
            other = ast.UnaryOp(ast.Not(), node.value)
        yield "mask", node.value, other
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert) and place.computes:
        yield "mask", node, node.operand


def _bare(call: ast.Call) -> ast.Call:
    """Its first argument alone, if it is a function of torch; of a method, none."""
    new = copy.deepcopy(call)
    of_torch = isinstance(call.func, ast.Attribute) and last(call.func.value) == "torch"
    new.args = new.args[:1] if of_torch else []
    return new


def root(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """A root dropped."""
    if isinstance(node, ast.Call) and called(node) in ("sqrt", "rsqrt"):
        inside = node.args[0] if node.args else None
        if inside is None and isinstance(node.func, ast.Attribute):
            inside = node.func.value
        if inside is not None:
            yield "scale", node, inside
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Pow):
        return
    if number(node.right) in (0.5, -0.5):
        yield "scale", node, node.left


def factor(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """A factor doubled, a divisor dropped, a sign turned."""
    if not isinstance(node, ast.BinOp):
        return
    product = isinstance(node.op, ast.Mult | ast.Div)
    for side in ("left", "right"):
        value = number(getattr(node, side))
        if product and value is not None and (place.computes or isinstance(value, float)):
            new = copy.deepcopy(node)
            setattr(new, side, ast.Constant(value * 2))
            yield "scale", node, new
    if place.computes and isinstance(node.op, ast.Div):
        yield "scale", node, node.left
    if place.computes and isinstance(node.op, ast.Sub):
        yield "scale", node, ast.BinOp(node.left, ast.Add(), node.right)


def geometry(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Padding, stride, dilation or kernel off by one, left out, or a step of a slice dropped."""
    if isinstance(node, ast.Call):
        for name in ("padding", "stride", "dilation", "output_padding"):
            if (found := keyword(node, name)) is not None:
                yield "geometry", node, without_keyword(node, name)
                yield "geometry", found.value, plus(found.value, 1)
        if called(node).startswith(("Conv", "MaxPool", "AvgPool", "conv")):
            at = 0 if "Pool" in called(node) else 2
            if len(node.args) > at and number(node.args[at]) is not None:
                yield "geometry", node.args[at], plus(node.args[at], 2)
            if keyword(node, "dilation") is None and called(node).startswith("Conv"):
                yield "geometry", node, with_keyword(node, "dilation", 2)
    if isinstance(node, ast.Slice) and node.step is not None:
        yield "geometry", node, ast.Slice(node.lower, node.upper, None)


def dropout(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Dropout or stochastic depth removed, or its rate doubled or halved."""
    if isinstance(node, ast.keyword) and node.arg == "dropout_p":
        yield "dropout", node.value, ast.Constant(0.0)
    if not isinstance(node, ast.Call) or not node.args:
        return
    name = called(node)
    if name in ("Dropout", "Dropout1d", "Dropout2d", "StochasticDepth", "AlphaDropout"):
        yield "dropout", node, "nn.Identity()"
        new = copy.deepcopy(node)
        new.args[0] = times(new.args[0], 0.5)
        yield "dropout", node, new
    elif "drop" in name.lower():
        yield "dropout", node, node.args[0]


def fill(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Initial weights: another distribution, fan or gain, or none set at all."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = last(node.value.func)
        if (name.endswith("_") and not name.endswith("__")) or "start" in name:
            yield "initial", node, "pass"
    if not isinstance(node, ast.Call):
        return
    name = called(node)
    if "init" in ast.unparse(node.func) and name in STARTS:
        yield "initial", node, _plain(renamed(node, STARTS[name]))
    if name.startswith("kaiming"):
        mode = keyword(node, "mode")
        turned = "fan_in" if mode and "out" in ast.unparse(mode.value) else "fan_out"
        yield "initial", node, with_keyword(node, "mode", turned)
    if name.startswith("xavier"):
        yield "initial", node, with_keyword(node, "gain", 2.0)


def spread(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """Initial weights: another deviation, bound or constant."""
    if not isinstance(node, ast.Call):
        return
    name = called(node)
    if (std := keyword(node, "std")) is not None:
        yield "initial", std.value, times(std.value, 2)
    if name in ("uniform_", "normal_", "constant_") and len(node.args) > 1:
        new = copy.deepcopy(node)
        new.args[1:] = [times(bound, 2) for bound in new.args[1:]]
        yield "initial", node, new
    within = called(place.parent) if place.parent is not None else ""
    if within == "Parameter" and name in ("zeros", "ones"):
        yield "initial", node, renamed(node, {"zeros": "ones", "ones": "zeros"}[name])
    if name == "full" and len(node.args) > 1:
        yield "initial", node.args[1], times(node.args[1], 10)


def _plain(call: ast.AST) -> ast.AST:
    """Keywords that belong to the other kind of initialisation left out."""
    assert isinstance(call, ast.Call)
    call.keywords = [k for k in call.keywords if k.arg not in ("mode", "nonlinearity", "gain", "a")]
    return call


def residual(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """Of a sum one term dropped, or taken twice."""
    if not place.computes:
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield "residual", node, "pass"
        yield "residual", node, f"{ast.unparse(node.target)} += {ast.unparse(node.target)}"
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return
    if number(node.left) is None and number(node.right) is None:
        yield "residual", node, node.left
        yield "residual", node, node.right
        yield "residual", node, ast.BinOp(node.right, ast.Add(), node.right)


def count(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """Channels, groups or layers off by one."""
    if isinstance(node, ast.keyword) and node.arg == "groups":
        yield "count", node.value, ast.Constant(1)
    if isinstance(node, ast.Call) and called(node) == "range":
        new = copy.deepcopy(node)
        new.args[-1] = plus(new.args[-1], -1)
        yield "count", node, new
    if place.computes or not isinstance(node, ast.BinOp):
        return
    for side in ("left", "right"):
        value = number(getattr(node, side))
        if isinstance(value, int):
            new = copy.deepcopy(node)
            setattr(new, side, ast.Constant(value + 1))
            yield "count", node, new


def activation(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """One nonlinearity in the place of another, or none."""
    if isinstance(node, ast.Call) and called(node) in ACTIVATIONS:
        new = renamed(node, ACTIVATIONS[called(node)])
        assert isinstance(new, ast.Call)
        new.keywords = []
        if called(node)[0].isupper():
            new.args = []
            yield "activation", node, "nn.Identity()"
        elif node.args:
            yield "activation", node, node.args[0]
        yield "activation", node, new
    if isinstance(node, ast.keyword) and node.arg == "approximate":
        yield "activation", node.value, ast.Constant("none")
    if isinstance(node, ast.Attribute) and last(node.value) == "nn" and node.attr in ACTIVATIONS:
        yield "activation", node, renamed(node, ACTIVATIONS[node.attr])


def detach(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """No gradient through a branch, or to a parameter."""
    if not place.computes:
        return
    operands: list[ast.AST] = []
    if isinstance(node, ast.BinOp):
        operands = [node.left, node.right]
    elif isinstance(node, ast.Call):
        operands = [arg for arg in node.args if ast.unparse(arg).startswith("self.")]
    for side in operands:
        tensor = isinstance(side, ast.Call | ast.Attribute | ast.Name)
        if tensor and "shape" not in ast.unparse(side):
            yield "detach", side, f"{ast.unparse(side)}.detach()"


def bias(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """A bias where none is, or none where one is."""
    if isinstance(node, ast.Call) and called(node) in AFFINE:
        given = keyword(node, "bias")
        without = given is not None and "False" in ast.unparse(given.value)
        yield "bias", node, with_keyword(node, "bias", without)


def reduction(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Mean instead of sum, means instead of maxima, and the other way round."""
    if isinstance(node, ast.Call) and called(node) in REDUCTIONS:
        yield "reduction", node, renamed(node, REDUCTIONS[called(node)])


def dim(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Another axis."""
    if isinstance(node, ast.keyword) and node.arg in ("dim", "axis", "start_dim"):
        if (value := number(node.value)) is not None:
            yield "dim", node.value, ast.Constant(int(value) - 1)
        elif isinstance(node.value, ast.Tuple):
            yield "dim", node.value, node.value.elts[0]
    if isinstance(node, ast.Call) and called(node) in ("permute", "view", "reshape", "unflatten"):
        for i, (one, other) in enumerate(pairwise(node.args)):
            if ast.unparse(one) != ast.unparse(other):
                new = copy.deepcopy(node)
                new.args[i : i + 2] = [other, one]
                yield "dim", node, new


def end(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """The first where the last was read, and the other way round."""
    if not isinstance(node, ast.Subscript) or not place.computes:
        return
    if isinstance(node.slice, ast.Tuple) and number(node.slice.elts[-1]) in (0, -1):
        new = copy.deepcopy(node)
        assert isinstance(new.slice, ast.Tuple)
        new.slice.elts[-1] = ast.Constant(-1 - int(number(node.slice.elts[-1]) or 0))
        yield "dim", node, new


def operands(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """Operands, arguments, results or alternatives exchanged."""
    if isinstance(node, ast.IfExp):
        yield "operands", node, ast.IfExp(node.test, node.orelse, node.body)
    if not place.computes:
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield "operands", node, ast.BinOp(node.right, node.op, node.left)
    if called(node) not in ("", "view", "permute"):
        yield from _arguments_exchanged(node)
    targets = node.targets[0] if isinstance(node, ast.Assign) else None
    if isinstance(targets, ast.Tuple):
        for i, (one, other) in enumerate(pairwise(targets.elts)):
            new = copy.deepcopy(targets)
            new.elts[i : i + 2] = [other, one]
            yield "operands", targets, new


def _arguments_exchanged(call: ast.AST) -> Iterator[Proposal]:
    assert isinstance(call, ast.Call)
    if len(call.args) > 1 and not any(isinstance(arg, ast.Constant) for arg in call.args[:2]):
        new = copy.deepcopy(call)
        new.args[:2] = [call.args[1], call.args[0]]
        yield "operands", call, new


RULES: tuple[Rule, ...] = (
    eps, momentum, order, calls_exchanged, statements_exchanged, mask, root, factor, geometry,
    dropout, fill, spread, residual, count, activation, detach, bias, reduction, dim, end, operands,
)  # fmt: skip
