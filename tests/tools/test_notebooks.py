"""The workflows of applications/: they parse, call what exists, type no figure, and run."""

import ast
import importlib
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nna
from nna.workbench import api
from nna.workbench.train import train

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
notebooks = importlib.import_module("notebooks")

SOURCES = notebooks.sources()
EACH = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
FIGURE = re.compile(
    r"(?<![\w.:/@-])\d+(\.\d+)?\s?(%|points?\b|times\b|seconds?\b)|(?<![\w.:/@-])\d+\.\d+"
)
FORWARDED = {  # what takes keywords on behalf of another function
    "compare": [api.laid_out, api.laid_out_ahead],
    "train_seeds": [train],
}


def cells(path, kind):
    return [
        one.text for one in notebooks.cells(path.read_text(encoding="utf-8")) if one.kind == kind
    ]


def test_all_five_are_there():
    assert [path.stem[:2] for path in SOURCES] == ["1_", "2_", "3_", "4_", "5_"]


@EACH
def test_a_workflow_begins_with_its_problem_and_ends_with_what_next(path):
    words = cells(path, "markdown")
    assert words[0].startswith("# ")
    assert len(words[0].split()) > 60
    assert "## What next\n" in words[-1]
    assert sum(len(text.split()) for text in words) > 250
    code = "\n".join(cells(path, "code"))
    assert code.count("plt.show()") >= 2
    assert "nna." in code


@EACH
def test_prose_types_no_figure(path):
    """Figures are printed where they are computed; what is typed goes stale."""
    for text in cells(path, "markdown"):
        assert not (found := FIGURE.search(text)), found


@EACH
def test_what_is_imported_and_called_of_nna_exists(path):
    tree = ast.parse("\n".join(cells(path, "code")))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert all(importlib.util.find_spec(one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            module = importlib.import_module(node.module)
            assert all(
                hasattr(module, one.name) or importlib.util.find_spec(f"{node.module}.{one.name}")
                for one in node.names
            )
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "nna":
            assert hasattr(nna, node.attr), node.attr
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("nna."):
            takes(ast.unparse(node.func)[4:], node)


def takes(name, call):
    """See that a function of nna takes the keywords that it is called with."""
    if "." in name or "(" in name:
        return  # what another call gave
    asked = [getattr(nna, name), *FORWARDED.get(name, [])]
    known = {one for of in asked for one in inspect.signature(of).parameters}
    assert {one.arg for one in call.keywords if one.arg} <= known, name


@EACH
def test_a_workflow_names_architectures_and_commands_that_exist(path):
    from nna import registry
    from nna.cli import commands
    from nna.data import catalog

    text = path.read_text(encoding="utf-8")
    for call in re.findall(r'nna\.(?:train|build|figure|describe)\(\s*"([\w/.@]+)"', text):
        assert call.partition("/")[0] in registry.names(), call
    for name in re.findall(r'catalog\.load\("(\w+)"', text):
        assert name in catalog.names()
    known = commands.build().commands
    for said in re.findall(r"`nna (\w+)", text):
        assert said in known


def test_cells_are_those_of_the_source():
    found = notebooks.cells("# %% [markdown]\n# # A\n#\n# words\n\n# %%\nx = 1\nx\n")
    assert [(one.kind, one.text) for one in found] == [
        ("markdown", "# A\n\nwords"),
        ("code", "x = 1\nx"),
    ]


def test_a_cell_that_is_run_keeps_what_it_prints_draws_and_ends_with():
    source = (
        "# %%\nimport matplotlib.pyplot as plt\nprint('so')\n_ = plt.plot([1, 2])\n"
        "# %%\nclass A:\n    def _repr_html_(self):\n        return '<p>a</p>'\nA()\n# %%\nx = 3\n"
    )
    first, second, third = notebooks.ran(notebooks.cells(source))
    assert first.outputs[0]["text"] == ["so\n"]
    assert first.outputs[1]["data"]["image/png"].startswith("iVBOR")
    assert second.outputs[0]["data"]["text/html"] == "<p>a</p>"
    assert third.outputs == ()


def test_an_error_in_a_cell_ends_the_run():
    with pytest.raises(ZeroDivisionError):
        list(notebooks.ran(notebooks.cells("# %%\n1 / 0\n")))


@pytest.mark.exhaustive
@EACH
def test_a_workflow_runs_from_its_first_cell_to_its_last(path, tmp_path):
    """In a process of its own, in an empty folder, with what it ships or a dependency does."""
    copy = tmp_path / path.name
    copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    line = "import notebooks, pathlib, sys; notebooks.build(pathlib.Path(sys.argv[1]), True)"
    done = subprocess.run(
        [sys.executable, "-c", line, str(copy)],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tools'}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    made = json.loads(copy.with_suffix(".ipynb").read_text(encoding="utf-8"))
    outputs = [one for cell in made["cells"] for one in cell.get("outputs", [])]
    kinds = {form for one in outputs for form in one.get("data", {})}
    assert {"image/png", "text/html"} <= kinds
    assert any(one["output_type"] == "stream" for one in outputs)
