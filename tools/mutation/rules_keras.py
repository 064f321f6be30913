"""The rules for what is written in Keras: those of any network, and Keras's own parts by name."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from itertools import pairwise

from mutation import rules
from mutation.rules import Proposal, Rule
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

NORMS = ("BatchNormalization", "LayerNormalization", "GroupNormalization")
AFFINE = ("Dense", "Conv1D", "Conv2D", "DepthwiseConv2D")
WORDS = {  # strings that say what a layer does
    "relu": "gelu", "gelu": "relu", "tanh": "sigmoid", "sigmoid": "tanh", "silu": "relu",
    "zeros": "ones", "ones": "zeros", "he_normal": "glorot_uniform", "he_uniform": "he_normal",
    "glorot_uniform": "he_normal", "glorot_normal": "glorot_uniform", "same": "valid",
    "valid": "same",
}  # fmt: skip
REDUCTIONS = {"max": "mean", "min": "max", "MaxPooling2D": "AveragePooling2D",
              "AveragePooling2D": "MaxPooling2D", "segment_sum": "segment_max",
              "GlobalAveragePooling2D": "GlobalMaxPooling2D"}  # fmt: skip
KINDS = {"same": "geometry", "valid": "geometry", "relu": "activation", "gelu": "activation",
         "tanh": "activation", "sigmoid": "activation", "silu": "activation"}  # fmt: skip


def word(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """Another activation, start or padding, where a string says which."""
    given = isinstance(place.parent, ast.keyword | ast.Call)
    if given and isinstance(node, ast.Constant) and node.value in WORDS:
        yield KINDS.get(node.value, "initial"), node, ast.Constant(WORDS[node.value])


def dropout(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Dropout left out, or at half its rate."""
    if not isinstance(node, ast.Call) or not node.args:
        return
    if called(node) == "Dropout":
        yield "dropout", node, "layers.Identity()"
        new = copy.deepcopy(node)
        new.args[0] = times(new.args[0], 0.5)
        yield "dropout", node, new
    elif "drop" in called(node).lower():
        yield "dropout", node, node.args[0]


def training(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """A part isn't told that it trains, or is told otherwise."""
    if not isinstance(node, ast.Call):
        return
    told = keyword(node, "training")
    if told is not None and isinstance(told.value, ast.Constant):
        yield "training", told.value, ast.Constant(not told.value.value)
    elif told is not None:
        yield "training", node, with_keyword(node, "training", False)


def start(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Initial weights: Keras's own, or twice the spread or the constant."""
    if not isinstance(node, ast.Call):
        return
    for name in ("kernel_initializer", "bias_initializer", "embeddings_initializer"):
        if keyword(node, name) is not None:
            yield "initial", node, without_keyword(node, name)
    if (found := keyword(node, "stddev")) is not None:
        yield "initial", found.value, times(found.value, 2)
    if called(node) == "Constant" and node.args:
        yield "initial", node.args[0], times(node.args[0], 2)


def norm(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """A norm with Keras's epsilon or momentum, or one that doesn't scale or centre."""
    if isinstance(node, ast.Call) and called(node) in NORMS:
        for name in ("epsilon", "momentum"):
            if keyword(node, name) is not None:
                yield (
                    "eps" if name == "epsilon" else "norm momentum",
                    node,
                    without_keyword(node, name),
                )


def bias(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """A bias where none is, or none where one is."""
    if isinstance(node, ast.Call) and called(node) in AFFINE:
        given = keyword(node, "use_bias")
        without = given is not None and "False" in ast.unparse(given.value)
        yield "bias", node, with_keyword(node, "use_bias", without)


def geometry(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Stride or padding off by one."""
    if not isinstance(node, ast.Call):
        return
    if (found := keyword(node, "strides")) is not None:
        yield "geometry", found.value, plus(found.value, 1)
    if called(node) == "ZeroPadding2D" and node.args and number(node.args[0]) is not None:
        yield "geometry", node.args[0], plus(node.args[0], 1)


def stopped(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """No gradient through a branch, or one where none should flow."""
    if isinstance(node, ast.Call) and called(node) == "stop_gradient":
        yield "detach", node, node.args[0]
    if not place.computes or not isinstance(node, ast.BinOp):
        return
    for side in (node.left, node.right):
        tensor = isinstance(side, ast.Call | ast.Attribute | ast.Name)
        if tensor and "shape" not in ast.unparse(side):
            yield "detach", side, f"ops.stop_gradient({ast.unparse(side)})"


def reduction(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Mean instead of sum, means instead of maxima, and the other way round."""
    known = {**rules.REDUCTIONS, **REDUCTIONS}
    if isinstance(node, ast.Call) and called(node) in known:
        yield "reduction", node, renamed(node, known[called(node)])


def activation(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """One nonlinearity in the place of another, or none; GELU's other form."""
    if isinstance(node, ast.Call) and called(node) in rules.ACTIVATIONS:
        new = renamed(node, rules.ACTIVATIONS[called(node)])
        assert isinstance(new, ast.Call)
        new.keywords = []
        if called(node)[0].isupper():
            yield "activation", node, "layers.Identity()"
        elif node.args:
            yield "activation", node, node.args[0]
            yield "activation", node, new
    if isinstance(node, ast.keyword) and node.arg == "approximate":
        yield "activation", node.value, ast.UnaryOp(ast.Not(), node.value)
    of_ops = isinstance(node, ast.Attribute) and last(node.value) == "ops"
    if of_ops and last(node) in rules.ACTIVATIONS:
        yield "activation", node, renamed(node, rules.ACTIVATIONS[last(node)])


def layer(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """A layer left out: `layers.Dense(3)(x)` is `x`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and len(node.args) == 1:
        yield "order", node, node.args[0]


def flag(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """An option the other way round."""
    aside = ("training", "approximate", "use_bias")
    given = node.value if isinstance(node, ast.keyword) and node.arg not in aside else None
    if isinstance(given, ast.Constant) and isinstance(given.value, bool):
        yield "flag", given, ast.Constant(not given.value)


def size(node: ast.AST, place: Place) -> Iterator[Proposal]:
    """A number, or a field of the configuration, that is given to a layer: one more."""
    if not isinstance(place.parent, ast.Call | ast.List | ast.keyword):
        return
    field = isinstance(node, ast.Attribute) and last(node.value) == "config"
    if field or number(node) is not None:
        assert isinstance(node, ast.expr)
        yield "count", node, plus(node, 1)


def elements(node: ast.AST, _: Place) -> Iterator[Proposal]:
    """Two entries of a list exchanged."""
    if isinstance(node, ast.List):
        for i, (one, other) in enumerate(pairwise(node.elts)):
            if ast.unparse(one) != ast.unparse(other):
                new = copy.deepcopy(node)
                new.elts[i : i + 2] = [other, one]
                yield "order", node, new


RULES: tuple[Rule, ...] = (
    rules.eps, rules.order, rules.calls_exchanged, rules.statements_exchanged, rules.mask,
    rules.root, rules.factor, rules.residual, rules.count, rules.dim, rules.end, rules.operands,
    word, dropout, training, start, norm, bias, geometry, stopped, reduction, activation,
    layer, flag, size, elements,
)  # fmt: skip
