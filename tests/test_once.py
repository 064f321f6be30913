"""What stands once: a second place for the same is found here before it is found by a reader."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nna

SOURCE = Path(nna.__file__).parent


@cache
def texts() -> dict[str, str]:
    """Every file of the package, tests beside architectures left out."""
    paths = (path for path in SOURCE.rglob("*.py") if not path.name.startswith("test_"))
    return {str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8") for path in paths}


def places(word: str, found: Callable[[ast.AST], bool]) -> set[str]:
    """Files that hold a word, and something of this kind."""
    holding = {name: text for name, text in texts().items() if word in text}
    return {name for name, text in holding.items() if any(map(found, ast.walk(ast.parse(text))))}


def calls(name: str) -> set[str]:
    """Files that call something of this name, whatever it is called on."""
    return places(name, lambda node: isinstance(node, ast.Call) and name_of(node.func) == name)


def name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_a_training_is_begun_in_one_place():
    assert calls("Training") == {"training/start.py"}


def test_devices_are_chosen_in_one_place():
    assert calls("Fabric") == {"training/devices.py"}


def test_a_trained_model_is_one_class():
    """Whoever holds a network together with its preparation."""

    def holds_both(node: ast.AST) -> bool:
        if not isinstance(node, ast.ClassDef):
            return False
        names = {name_of(of.target) for of in node.body if isinstance(of, ast.AnnAssign)}
        return {"model", "preparation"} <= names

    assert places("Preparation", holds_both) == {"workbench/trained_model.py"}


def test_weights_are_put_into_a_model_for_answering_in_one_place():
    above = ("workbench", "app", "cli")
    assert {f for f in calls("load_exactly") if f.startswith(above)} == {
        "workbench/trained_model.py"
    }


def test_examples_are_adapted_before_training_and_by_the_trained_model():
    assert calls("adapt") == {"workbench/prepared_data.py", "workbench/trained_model.py"}


def test_rows_are_drawn_by_class_in_one_place():
    """What isn't stratified is: the folds of an experiment that is about folds."""

    def splitter(node: ast.AST) -> bool:
        return name_of(node).endswith(("KFold", "ShuffleSplit", "train_test_split"))

    found = places("model_selection", splitter) - {"lab/structural/reg.py"}
    assert found == {"data/splits/stratified.py"}


def test_what_a_date_is_says_one_package():
    for word in ("to_datetime", "strptime", "fromisoformat"):
        assert {name for name in calls(word) if not name.startswith("data/columns/")} == set()


def test_dollars_are_escaped_in_one_place():
    """Who escapes by itself escapes twice: text in a plot goes through `drawable`."""

    def escapes(node: ast.AST) -> bool:
        return isinstance(node, ast.Constant) and node.value == r"\$"

    assert places(r"\$", escapes) == {"workbench/formatting.py"}


def test_files_of_examples_are_found_in_one_place():
    for word in ("iterdir", "glob", "rglob", "scandir", "listdir", "walk"):
        assert {name for name in calls(word) if name.startswith("data/")} <= {"data/folders.py"}


def test_processes_are_begun_in_one_place():
    for word in ("get_context", "Process", "ProcessPoolExecutor"):
        found = {name for name in calls(word) if name.startswith("app/")}
        assert found <= {"app/processes.py"}
