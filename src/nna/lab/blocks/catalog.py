"""The building blocks, found by the files of their kinds. Describing them imports no torch."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from nna import registry
from nna.errors import UserError, nearest
from nna.lab.blocks import entries
from nna.lab.blocks.entry import Block

ORDER = (  # of a network's making
    "activation",
    "initialisation",
    "norm",
    "dropout",
    "loss",
    "optimiser",
    "schedule",
    "regulariser",
)


@cache
def kinds() -> tuple[str, ...]:
    """The kinds: the files of `entries`, in the order of a network's making."""
    found = [module.name for module in pkgutil.iter_modules(entries.__path__)]
    return tuple(sorted(found, key=lambda kind: (*[kind != known for known in ORDER], kind)))


@cache
def _all() -> dict[str, Block]:
    modules = [importlib.import_module(f"{entries.__name__}.{kind}") for kind in kinds()]
    return {block.name: block for module in modules for block in module.BLOCKS}


def names(kind: str | None = None) -> tuple[str, ...]:
    """The blocks' names, all or of one kind, as their files have them.

    Raises:
        UserError: no such kind.
    """
    if kind is not None and kind not in kinds():
        near = nearest(kind, kinds(), "nna blocks list")
        raise UserError(f"no kind of block {kind!r}; {near}")
    return tuple(name for name, block in _all().items() if kind in (None, block.kind))


def describe(name: str) -> Block:
    """The entry of a block, by its name or another that is in use.

    Raises:
        UserError: no such block; the message names the closest ones.
    """
    typed = name.lower().replace("-", "_").replace(" ", "_")
    blocks = _all()
    other = {
        alias.replace("-", "_"): block.name for block in blocks.values() for alias in block.also
    }
    if (known := other.get(typed, typed)) not in blocks:
        near = nearest(typed, (*blocks, *other), "nna blocks list")
        raise UserError(f"no building block {name!r}; {near}")
    return blocks[known]


EFFECTS = Path(__file__).parent / "effects"  # what came of the trials, as it ships


def tried(block: Block) -> dict[str, Any] | None:
    """What came of the block's trial when it was last stored, if it was."""
    path = EFFECTS / f"{block.name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def used_by(block: Block) -> tuple[str, ...]:
    """The architectures whose model or recipe names the block; none where that can't be told."""
    marks, told = set(block.marks), block.told
    return tuple(
        name
        for name in registry.names()
        if (marks and marks & _names_in_model(name)) or (told and told(registry.describe(name)))
    )


@cache
def _names_in_model(name: str) -> frozenset[str]:
    """The names that a model's code uses, and those in the parts of `nna.blocks` it imports."""
    tree = ast.parse((registry.folder(name) / "model.py").read_text(encoding="utf-8"))
    found = _names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nna.blocks."):
            for part in node.names:
                found |= _part(node.module or "", part.name)
    return frozenset(found)


@cache
def _part(module: str, name: str) -> frozenset[str]:
    """The names that one function or class of `nna.blocks` uses."""
    path = Path(registry.__file__).parent.joinpath(*module.split(".")[1:]).with_suffix(".py")
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return frozenset().union(*(_names(n) for n in body if getattr(n, "name", None) == name))


def _names(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
