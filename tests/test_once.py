"""What stands once: a second place for the same is found here before it is found by a reader."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import nna

SOURCE = Path(nna.__file__).parent


def places(found: Callable[[ast.AST], bool], *folders: str) -> set[str]:
    """Files of some folders of the package, or of all, in which something is found."""
    return {
        str(path.relative_to(SOURCE))
        for path in files(*folders)
        if any(map(found, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }


def files(*folders: str) -> Iterator[Path]:
    for folder in folders or ("",):
        yield from sorted((SOURCE / folder).rglob("*.py"))


def called(*names: str) -> Callable[[ast.AST], bool]:
    """Whether a node calls something of one of these names, whatever it is called on."""
    return lambda node: isinstance(node, ast.Call) and name_of(node.func) in names


def name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_a_training_is_begun_in_one_place():
    assert places(called("Training")) == {"training/start.py"}


def test_devices_are_chosen_in_one_place():
    assert places(called("Fabric")) == {"training/devices.py"}
