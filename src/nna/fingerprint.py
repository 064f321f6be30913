"""What a signature training depends on, in one number: while it stays, so does what was proven.

Code is compared by what it does: comments, docstrings and layout don't count.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from nna import registry
from nna.training.runs import versions

ROOT = Path(__file__).parent
_TOLD = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)  # may have docstrings
ALWAYS = ("nna.workbench.train",)  # where a training begins
ASIDE = tuple(  # reached from there, but not by a training on a dataset of ours
    f"nna.{path}"
    for path in (
        "architectures",
        "atlas",
        "data.annotated",
        "data.arrays",
        "data.masks",
        "data.npz",
        "data.pictures",
        "data.readers",
        "data.series",
        "data.series_files",
        "data.series_leaks",
        "data.series_parts",
        "data.series_times",
        "data.series_windows",
        "data.sets",
        "data.sheets",
        "data.tables",
        "data.unlabelled",
        "objectives",
        "workbench.decide",
        "workbench.estimators",
        "workbench.explain",
        "workbench.figures",
        "workbench.forecasting",
        "workbench.looked",
        "workbench.maps",
        "workbench.predict",
        "workbench.recommend",
        "workbench.report",
        "workbench.standings",
        "workbench.tournament",
    )
)


def of(name: str) -> str:
    """The fingerprint of an architecture's signature training, in hexadecimal.

    It covers the architecture's spec and model, the objective, the dataset, the loop, preparation
    and measures with all that they import, and the versions of the libraries.

    Args:
        name: an id.
    """
    spec = registry.describe(name)
    folder = f"nna.architectures.{registry.family(name)}.{name}"
    own = (
        f"{folder}.spec",
        f"{folder}.{spec.model.split(':')[0]}",
        f"nna.objectives.{spec.recipe.objective}",
        f"nna.data.sets.{spec.signature.data}",
    )
    reached: dict[str, str] = {}
    for module in ("nna.objectives.base", *own):
        _follow(module, reached, ("nna.architectures",), own)
    for module in ALWAYS:
        _follow(module, reached, ASIDE, own)
    digest = hashlib.sha256(repr(sorted(versions().items())).encode())
    for module in sorted(reached):
        digest.update(f"{module} {reached[module]}\n".encode())
    return digest.hexdigest()


def _follow(
    module: str, reached: dict[str, str], aside: tuple[str, ...], own: tuple[str, ...]
) -> None:
    """Add a module and, one after another, all of nna that it imports, but what is set aside."""
    apart = any(module == one or module.startswith(f"{one}.") for one in aside)
    if module in reached or (apart and module not in own) or (path := _path(module)) is None:
        return
    digest, imported = _read(path)
    reached[module] = digest
    for one in imported:
        _follow(one, reached, aside, own)


def _path(module: str) -> Path | None:
    """The file of a module of ours; nothing for the name of something in a module."""
    bare = ROOT.joinpath(*module.split(".")[1:])
    for path in (bare.with_suffix(".py"), bare / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _read(path: Path) -> tuple[str, tuple[str, ...]]:
    """What a file does, as a digest, and which modules of ours it imports anywhere."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = tuple(_imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, _TOLD) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imported


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("nna."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "nna":
            yield str(node.module)
            yield from (f"{node.module}.{one.name}" for one in node.names)
